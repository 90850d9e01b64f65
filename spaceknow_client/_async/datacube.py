"""Data points, scalar results by area and time (the Datacube API): `client.datacube`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors.base import InvalidArgumentError
from ..generated.api.datacube import datacube_catalogue, datacube_datapoints_initiate
from ..generated.models import DatapointFilter, DatapointsRequest, DatapointsResult
from ..generated.types import WrongShapeError
from .links import async_fetch_link
from .pipeline import AsyncPipeline
from .pipelines import AsyncPipelines
from .transport import AsyncTransport

if TYPE_CHECKING:
    import pandas


class AsyncDatacube:
    """What SpaceKnow has computed for areas of interest over time."""

    def __init__(self, transport: AsyncTransport, pipelines: AsyncPipelines) -> None:
        self._transport = transport
        self._pipelines = pipelines

    async def datapoints(
        self,
        filters: Sequence[Mapping[str, Any]],
        *,
        keep_duplicates: bool | None = None,
    ) -> AsyncPipeline[DatapointsResult]:
        """Starts a query. Its result has `csv_link`, the address of a CSV file.

        Args:
            filters: conditions, all of which hold: objects with `field` (`project`, `algorithm`,
                `source`, `version`, `aoi` and others), `type` and `params`. Known types are
                `value-list` (`params.values`, an array of strings) and `geo-intersects`
                (`params.geometryLabel`).
            keep_duplicates: whether to keep duplicates of a data point.

        Raises TooManyDatapointsError, NoMatchingPackageError and others when the result is
        fetched; InvalidArgumentError before anything is sent. API facts, section 15.
        """
        if isinstance(filters, (str, Mapping)) or not isinstance(filters, Sequence):
            raise InvalidArgumentError("filters is a list of conditions.")
        try:
            conditions = [
                DatapointFilter.read(item, f"filters[{number}]")
                for number, item in enumerate(filters)
            ]
        except WrongShapeError as error:
            raise InvalidArgumentError(
                str(error), hint="A condition has the members field, type and params."
            ) from error
        body = DatapointsRequest(filters=conditions, keep_duplicates=keep_duplicates)
        return await self._pipelines.start(datacube_datapoints_initiate.get_request(body=body))

    async def dataframe(self, result: DatapointsResult) -> pandas.DataFrame:
        """The data points of a query's result as a table. Needs the extra `pandas`.

        The index is `startDatetime`, in order. `endDatetime` and `firstSeen` are times, too, all in
        UTC; `version`, `algorithm`, `project`, `aoiId` and `source` are texts; other columns are
        numbers where each line has a number or nothing, else texts.

        The file at `result.csv_link` is fetched within the client's limits. It lies somewhere else
        than the API, so no token is sent. Raises DownloadError, InvalidResponseError (no CSV, no
        column `startDatetime`, larger than `max_response_bytes`), ConfigError without pandas. API
        facts, section 15.
        """
        from ..neighbours import require

        require("pandas", "pandas")
        from ..neighbours.datapoint_frame import frame

        if not isinstance(result, DatapointsResult):
            raise InvalidArgumentError(
                f"a DatapointsResult is needed here, not {type(result).__name__}.",
                hint="It is what the result() of a query gives.",
            )
        link = result.csv_link
        return frame(await async_fetch_link(self._transport, link, "datacube.datapoints.csv_link"))

    async def catalogue(self) -> dict[str, Any]:
        """Which data points there are, by algorithm. API facts, section 15."""
        answer = await self._transport.send(
            datacube_catalogue.get_request(), datacube_catalogue.parse
        )
        return answer.parsed
