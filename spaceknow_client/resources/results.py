"""Parses the result of each kind of pipeline, for started and for attached handles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ..errors.base import InvalidArgumentError, SpaceKnowError
from ..generated.catalogue import OPERATIONS
from ..generated.types import OnWrong, WrongShapeError, on_wrong
from ..pipelines.handle import PipelineToken

if TYPE_CHECKING:
    from ..maps.kraken_map import KrakenMap
    from ..pages.page import Page

# Special result types are imported by the functions that parse them: other pipelines need none.


@frozen
class _Resumable:
    """Adds the handle of the pipeline to the error of an item, so that the page can be read again."""

    made_by: OnWrong
    token: PipelineToken

    def __call__(self, error: WrongShapeError) -> Exception:
        made = self.made_by(error)
        if isinstance(made, SpaceKnowError):
            made.pipeline_id = self.token.pipeline_id
            made.resume_token = str(self.token)
        return made


def page_of(
    answer: Any,
    pipeline_id: str | None = None,
    names: tuple[str, str] = ("results", "cursor"),
) -> Page[Any]:
    """From the model of a response that is a page (`x-page` in the document).

    `names` are the attributes of its items and of the cursor of the next page.
    """
    from ..pages.page import Page

    if answer is None:  # a response without a body is a page without items
        return Page(items=[], cursor=None, pipeline_id=pipeline_id)
    items, cursor = getattr(answer, names[0]), getattr(answer, names[1])
    cursor = cursor if isinstance(cursor, str) and cursor else None  # empty: the last page
    return Page(items=items, cursor=cursor, pipeline_id=pipeline_id)


def up_to(most: Mapping[str, float]) -> Callable[[Any], bool] | None:
    """A filter for items: no attribute may exceed its maximum; None without maximums."""
    if not most:
        return None

    def keep(item: Any) -> bool:
        values = ((getattr(item, name), limit) for name, limit in most.items())
        return all(value is None or value <= limit for value, limit in values)

    return keep


def _page_reader(
    parse: Callable[[Any], Any], token: PipelineToken, names: tuple[str, str]
) -> Callable[[Any], Page[Any]]:
    """For the pages of a listing whose pages are pipelines."""

    def read(value: Any) -> Page[Any]:
        made_by = on_wrong.get()
        reading = on_wrong.set(None if made_by is None else _Resumable(made_by, token))
        try:
            return page_of(parse(value), token.pipeline_id, names)
        finally:
            on_wrong.reset(reading)

    return read


def kraken_map(value: Any, token: PipelineToken) -> KrakenMap:
    """From the response of `kraken.release.retrieve`. Raises WrongShapeError."""
    from ..extents.extent import Extent
    from ..maps.kraken_map import KrakenMap

    sent = token.body if isinstance(token.body, dict) else {}
    extent = Extent(sent["extent"]) if "extent" in sent else None
    return KrakenMap.read(value, token.map_type, extent, sent.get("sceneIds", ()))


# Results with a special type; all others are generated models. The return type of a reader is also
# that of the generated method.
_READERS: dict[str, Callable[[Any, PipelineToken], Any]] = {
    "kraken.release": kraken_map,
}


def reader_of(token: PipelineToken) -> Callable[[Any], Any]:
    """The reader of a pipeline's result. Raises InvalidArgumentError for an unknown operation."""
    operation = OPERATIONS.get(f"{token.operation}.initiate")
    if operation is None or operation.retrieve is None:
        known = [
            name.removesuffix(".initiate") for name, item in OPERATIONS.items() if item.retrieve
        ]
        raise InvalidArgumentError(
            f"{token.operation!r} does not start a pipeline. Expected one of: {', '.join(known)}."
        )
    own = _READERS.get(token.operation)
    if own is not None:
        return lambda value: own(value, token)
    result = OPERATIONS[operation.retrieve]
    module = f"spaceknow_client.generated.api.{result.module}"
    parse: Callable[[Any], Any] = import_module(module).parse
    return _page_reader(parse, token, result.page) if result.is_page else parse
