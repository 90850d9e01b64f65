"""Data points, scalar results by area and time (the Datacube API): `client.datacube`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors.base import InvalidArgumentError
from ..generated.models import DatapointsResult
from .operations.datacube_async import AsyncDatacubeResource

if TYPE_CHECKING:
    import pandas


class AsyncDatacube(AsyncDatacubeResource):
    """Values that SpaceKnow has computed for areas of interest over time."""

    async def dataframe(self, result: DatapointsResult) -> pandas.DataFrame:
        """The data points of a query's result as a table. Requires the extra `pandas`.

        The index is `startDatetime`, sorted. `endDatetime` and `firstSeen` are times too, all in
        UTC; `version`, `algorithm`, `project`, `aoiId` and `source` are strings. Other columns are
        numbers if all their values are numbers or empty, otherwise strings.

        The file at `result.csv_link` is fetched within the client's limits. It is on another host
        than the API, so no token is sent. Raises DownloadError, InvalidResponseError (invalid CSV,
        no column `startDatetime`, larger than `max_response_bytes`), ConfigError without pandas.
        """
        from ..runtime.extras import require

        require("pandas", "pandas")
        from ..interop.datapoint_frame import frame
        from ..transport.file_link_async import async_fetch_link

        if not isinstance(result, DatapointsResult):
            raise InvalidArgumentError(
                f"result must be a DatapointsResult, not {type(result).__name__}.",
                hint="Pass the result() of a query.",
            )
        link = result.csv_link
        return frame(await async_fetch_link(self._transport, link, "datacube.datapoints.csv_link"))
