"""What the emulator answers to operations that it has no behaviour for: what the document says.

The first example of the answer, else a value that its schema allows. A pipeline's pair goes through
the states of every pipeline, and a listing has pages whose cursors end.
"""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

from starlette.responses import Response

from ..operations.registry import HANDLERS, Handler, OperationRequest, started
from ..state import State
from ..stores.cursors import Cursors
from ..validation.bodies import JSONAnswer, is_json
from .additions import completed, has_news, is_of_old
from .samples import followed, resolved, sample

Document = dict[str, Any]

log = logging.getLogger("spaceknow_client.emulator")

# The smallest files of their kinds, for answers that are files. Others have some text.
_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
_FILES = {"image/png": _PIXEL}


class Defaults:
    """Handlers made from a bundled document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._operations: dict[str, dict[str, Any]] = {
            operation["operationId"]: operation
            for item in document["paths"].values()
            for operation in item.values()
            if isinstance(operation, dict) and "operationId" in operation
        }
        self._results = {
            name: target
            for name, operation in self._operations.items()
            if (target := self._result_of(operation)) in self._operations
        }
        self._has_news: dict[str, bool] = {}
        self._begun_by = {target: name for name, target in self._results.items()}

    def handler(self, name: str) -> Handler:
        """What answers an operation: its own behaviour, if there is any."""
        own = HANDLERS.get(name)
        return self._by_document(name) if own is None else self._by_hand(name, own)

    def _by_hand(self, name: str, own: Handler) -> Handler:
        """The behaviour, where it knows less than the document completed."""

        def handle(state: State, asked: OperationRequest) -> Any:
            try:
                answer = own(state, asked)
            except KeyError as error:
                if not is_of_old(error.args[0], self._body(name), self._document):
                    raise
                log.warning("%s is read by %s, which the document has not", name, error)
                return self._by_document(name)(state, asked)
            if isinstance(answer, Response) or not self._news(name):
                return answer
            log.warning("%s: the document has news; they are answered by its examples", name)
            return completed(answer, self._schema(name), self._document)

        return handle

    def _news(self, name: str) -> bool:
        if name not in self._has_news:
            self._has_news[name] = has_news(self._schema(name), self._document)
        return self._has_news[name]

    def _schema(self, name: str) -> Document:
        """Of the JSON answer of success."""
        content: Document = self._success(name)[1].get("content", {})
        found: Document = next(
            (item.get("schema", {}) for kind, item in content.items() if is_json(kind)), {}
        )
        return found

    def _body(self, name: str) -> Document:
        body = followed(self._operations[name].get("requestBody", {}), self._document)
        found: Document = body.get("content", {}).get("application/json", {}).get("schema", {})
        return found

    def _by_document(self, name: str) -> Handler:
        if name in self._results:
            return lambda state, asked: self._initiated(state, asked)
        if name in self._begun_by:
            return lambda state, asked: state.pipelines.result(asked.body["pipelineId"], name)
        return lambda state, asked: self._answer(name, state, asked)

    def _result_of(self, operation: dict[str, Any]) -> str | None:
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                for link in followed(response, self._document).get("links", {}).values():
                    target = str(followed(link, self._document).get("operationId", ""))
                    if target.endswith(".retrieve"):
                        return target
        return None

    def _initiated(self, state: State, asked: OperationRequest) -> Any:
        target = self._results[asked.operation]
        usual = self._examples(self._success(asked.operation)[1])[0]
        return usual | started(state, asked, target, lambda: self._answer(target, state, asked))

    def _answer(self, name: str, state: State, asked: OperationRequest) -> Any:
        status, response = self._success(name)
        content: dict[str, Any] = response.get("content", {})
        if not content:
            return Response(status_code=status)
        if self._operations[name].get("x-page"):
            return self._page(name, response, state, asked)
        media = next(iter(content))
        if not is_json(media):
            made = _FILES.get(media, b"A file of the emulator.\n")
            return Response(made, status_code=status, headers={"content-type": media})
        return JSONAnswer(self._examples(response)[0], status_code=status)

    def _success(self, name: str) -> tuple[int, dict[str, Any]]:
        """The first answer of success: one with content, if there is any."""
        found = [
            (int(status.replace("X", "0")), followed(response, self._document))
            for status, response in self._operations[name]["responses"].items()
            if status.startswith("2")
        ]
        return next((each for each in found if each[1].get("content")), found[0])

    def _examples(self, response: dict[str, Any]) -> list[Any]:
        """The examples of a JSON answer; what its schema allows where there is none."""
        media: dict[str, Any] = next(
            (item for kind, item in response.get("content", {}).items() if is_json(kind)), {}
        )
        named = [
            followed(each, self._document)["value"] for each in media.get("examples", {}).values()
        ]
        if "example" in media:
            named.append(media["example"])
        return named or [sample(media.get("schema", {}), self._document)]

    def _page(
        self, name: str, response: dict[str, Any], state: State, asked: OperationRequest
    ) -> Any:
        """A page of all items that the examples have, on two pages at least."""
        pages = self._examples(response)
        items: list[Any] = []
        for page in pages:
            items += [item for item in page.get("results", []) if item not in items]
        schema = next(iter(response["content"].values())).get("schema", {})
        if not items:
            members = resolved(schema, self._document).get("properties", {})
            every = resolved(members.get("results", {}), self._document).get("items")
            items = [] if every is None else [sample(every, self._document)]
        body = asked.body if isinstance(asked.body, dict) else {}
        cursor = body.get("cursor") or asked.query.get("cursor")
        query = _text([body, dict(asked.query), dict(asked.path)])
        count = max(len(items), 2)  # one item is followed by an empty page
        cursors = Cursors(name, min(state.page_size, (count + 1) // 2), state.seed)
        offset = cursors.offset(query, cursor, count)
        following = cursors.after(query, offset, count)
        page = pages[0] | {"results": items[offset : offset + cursors.page_size]}
        if following is None and not self._takes_null(schema):
            page.pop("cursor", None)
            return page
        return page | {"cursor": following}

    def _takes_null(self, page: dict[str, Any]) -> bool:
        members = resolved(page, self._document).get("properties", {})
        cursor = resolved(members.get("cursor", {}), self._document)
        kinds = [cursor, *cursor.get("anyOf", []), *cursor.get("oneOf", [])]
        return any("null" in (kind.get("type") or ["null"]) for kind in kinds)


def _text(parts: list[dict[str, Any]]) -> str:
    """What a listing is asked for, but for the place in it."""
    return json.dumps(
        [{key: value for key, value in part.items() if key != "cursor"} for part in parts],
        sort_keys=True,
    )
