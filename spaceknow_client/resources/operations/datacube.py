# Compiled by `python -m generator` from datacube_async.py. Never edit by hand.
# ruff: noqa
"""Data points, which are scalar results for areas of interest over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..argument_checks import Check, array, boolean, json_object, record, text
from ..arguments import Argument, Arguments

if TYPE_CHECKING:
    from ...generated.models import DatapointFilter, DatapointsResult
    from ...pipelines.pipeline import Pipeline
    from ...pipelines.pipelines import Pipelines
    from ...runtime.lists import ListLike
    from ...transport.transport import Transport

_DatapointFilter: Check = record(
    {"field": text(), "type": text(), "params": json_object()}, required=("field", "type", "params")
)
_DATAPOINTS_BODY = Arguments(
    Argument("filters", "filters", array(_DatapointFilter), required=True),
    Argument("keepDuplicates", "keep_duplicates", boolean()),
)


class DatacubeResource:
    """Data points, which are scalar results for areas of interest over time."""

    def __init__(self, transport: Transport, pipelines: Pipelines) -> None:
        self._transport = transport
        self._pipelines = pipelines

    def datapoints(
        self,
        filters: ListLike[DatapointFilter | Mapping[str, Any]],
        *,
        keep_duplicates: bool | None = None,
        reuse: bool = False,
    ) -> Pipeline[DatapointsResult]:
        """Start a query for data points.

        Starts a pipeline that writes the data points that match all filters into a CSV file. A data
        point is a scalar result for an area of interest and a time. No named permission is known.
        Which data points a user may read is decided by the permission packages that are assigned to
        the user, so the right depends on the filters. Whether a retry costs anything is not known.
        A part for postprocessing exists too, but its form is not published.

        It is never sent twice: AmbiguousRequestError reports a failure after which it may have
        taken effect. Returns the handle of the pipeline, whose `result()` is `DatapointsResult`.

        Args:
            filters: Conditions that a data point must meet, presumably all of them.
            keep_duplicates: Whether to keep duplicates of a data point. The server's default is not
                known. One client sends false by default.
            reuse: reuse a pipeline of the journal with the same arguments, instead of starting (and
                possibly paying) again (see `client.pipelines.start`).

        Raises InvalidArgumentError before anything is sent. Errors of the API:
        TooManyDatapointsError, NoMatchingPackageError, UnsupportedPostprocessError,
        NotAuthorizedError, InvalidJwtError, AccessDeniedError, MethodNotAllowedError,
        PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.datacube import datacube_datapoints_initiate as operation

        body: Any = _DATAPOINTS_BODY(filters=filters, keep_duplicates=keep_duplicates)
        return self._pipelines.start(operation.get_request(body=body), reuse=reuse)

    def catalogue(self) -> dict[str, Any]:
        """List the available data.

        Returns an object that is keyed by algorithm, each value an array that describes indices.
        What such a description holds is not published. The body may be missing, empty or an empty
        object. No named permission is known.

        Sending it twice costs nothing, so it is retried after temporary failures.

        Errors of the API: NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.datacube import datacube_catalogue as operation

        answer = self._transport.send(operation.get_request(), operation.parse)
        return answer.parsed
