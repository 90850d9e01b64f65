"""Responses to operations that the emulator does not implement, made from the document.

The response is the first example, or a value that its schema allows. Pipelines go through the usual
states, and listings have pages with cursors.
"""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

from starlette.responses import Response

from ...contract.document import Schema as Document
from ...contract.document import followed, id_place, page_names, resolved, result_of, successes
from ...contract.samples import completed, examples_of, sample
from ...generated.types import is_json
from ..operations.registry import HANDLERS, Handler, OperationRequest, retriever, started
from ..state import State
from ..stores.cursors import Cursors
from ..validation.bodies import JSONAnswer
from ..validation.contract import Contract

log = logging.getLogger("spaceknow_client.emulator")

# The smallest files of their kinds, for responses that are files. Other media types get some text.
_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
_FILES = {"image/png": _PIXEL}


class Defaults:
    """Handlers made from a bundled document."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._document = contract.document
        self._operations = contract.judge.operations
        self._results = {
            name: target
            for name, operation in self._operations.items()
            if (target := result_of(operation, self._document)) in self._operations
        }
        self._retrieved = set(self._results.values())

    def handler(self, name: str) -> Handler:
        """The handler of an operation: its implementation, if there is one."""
        own = HANDLERS.get(name)
        if own is None and name in self._retrieved:
            own = retriever(name, *id_place(name, self._document))
        return self._by_document(name) if own is None else self._by_hand(name, own)

    def _by_hand(self, name: str, own: Handler) -> Handler:
        """The implementation; if it does not match a changed document, examples complete it."""

        def handle(state: State, asked: OperationRequest) -> Any:
            try:
                answer = own(state, asked)
            except KeyError as error:
                if not self._lacks(name, error.args[0]):
                    raise
                log.warning("%s uses %s, which is not in the document", name, error)
                return self._by_document(name)(state, asked)
            if isinstance(answer, Response):
                return answer
            schema = self._schema(self._success(name)[1])
            mistakes = self._contract.judge.mistakes(schema, answer, closed=False)
            if all(kind != "missing member" for kind, _, _ in mistakes):
                return answer
            log.warning("%s: its response lacks members; examples of the document are used", name)
            return completed(answer, schema, self._document)

        return handle

    def _lacks(self, name: str, member: object) -> bool:
        """Whether the document has no member of this name in a body."""
        body = followed(self._operations[name].get("requestBody", {}), self._document)
        members = resolved(self._schema(body), self._document).get("properties", {})
        return isinstance(member, str) and member not in members

    def _schema(self, message: Document) -> Document:
        """The schema of a JSON body."""
        found: Document = _json_of(message).get("schema", {})
        return found

    def _by_document(self, name: str) -> Handler:
        if name in self._results:
            return lambda state, asked: self._initiated(state, asked)
        return lambda state, asked: self._answer(name, state, asked)

    def _initiated(self, state: State, asked: OperationRequest) -> Any:
        target = self._results[asked.operation]
        usual = self._examples(self._success(asked.operation)[1])[0]
        return usual | started(
            state, asked, lambda: self._answer(target, state, asked), kind=target
        )

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
        """The first successful response: one with content, if there is any."""
        found = [
            (int(status.replace("X", "0")), response)
            for status, response in successes(self._operations[name], self._document).items()
        ]
        return next((each for each in found if each[1].get("content")), found[0])

    def _examples(self, response: dict[str, Any]) -> list[Any]:
        """The examples of a JSON response, or a value that its schema allows."""
        return examples_of(_json_of(response), self._document)

    def _page(
        self, name: str, response: dict[str, Any], state: State, asked: OperationRequest
    ) -> Any:
        """A page of the items of all examples, on at least two pages."""
        names = page_names(self._operations[name])
        pages = self._examples(response)
        items: list[Any] = []
        for page in pages:
            items += [item for item in page.get(names.items, []) if item not in items]
        schema = self._schema(response)
        if not items:
            members = resolved(schema, self._document).get("properties", {})
            every = resolved(members.get(names.items, {}), self._document).get("items")
            items = [] if every is None else [sample(every, self._document)]
        body = asked.body if isinstance(asked.body, dict) else {}
        cursor = body.get(names.cursor) or asked.query.get(names.cursor)
        query = _text([body, dict(asked.query), dict(asked.path)], names.cursor)
        count = max(len(items), 2)  # a single item is followed by an empty page
        cursors = Cursors(name, min(state.page_size, (count + 1) // 2), state.seed)
        offset = cursors.offset(query, cursor, count)
        following = cursors.after(query, offset, count)
        page = pages[0] | {names.items: items[offset : offset + cursors.page_size]}
        if following is None and not self._takes_null(schema, names.next):
            page.pop(names.next, None)
            return page
        return page | {names.next: following}

    def _takes_null(self, page: dict[str, Any], member: str) -> bool:
        members = resolved(page, self._document).get("properties", {})
        cursor = resolved(members.get(member, {}), self._document)
        kinds = [cursor, *cursor.get("anyOf", []), *cursor.get("oneOf", [])]
        return any("null" in (kind.get("type") or ["null"]) for kind in kinds)


def _json_of(message: Document) -> Document:
    """The JSON media type of a request or a response; empty if there is none."""
    content: Document = message.get("content", {})
    return next((item for kind, item in content.items() if is_json(kind)), {})


def _text(parts: list[dict[str, Any]], cursor: str) -> str:
    """The parameters of a listing, without the cursor."""
    return json.dumps(
        [{key: value for key, value in part.items() if key != cursor} for part in parts],
        sort_keys=True,
    )
