# Compiled by `python -m generator` from apis_async.py. Never edit by hand.
# ruff: noqa
"""The APIs of the document, as attributes of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..runtime.lazy import lazy

if TYPE_CHECKING:  # imported on first use: a program uses few of them
    from ..pipelines.pipelines import Pipelines
    from ..transport.transport import Transport
    from .credits import Credits
    from .datacube import Datacube
    from .geojsondb import GeoJSONDB
    from .kraken import Kraken
    from .operations.imagery import ImageryResource
    from .operations.tasking import TaskingResource
    from .operations.user import UserResource


class APIs:
    """Base class of the client: an attribute for each API, created on first use."""

    if TYPE_CHECKING:  # the client has them

        @lazy
        def _transport(self) -> Transport: ...

        @lazy
        def pipelines(self) -> Pipelines: ...

    @lazy
    def tasking(self) -> TaskingResource:
        """State of pipelines."""
        from .operations.tasking import TaskingResource

        return TaskingResource(self._transport)

    @lazy
    def imagery(self) -> ImageryResource:
        """Search of satellite imagery (the Ragnar API)."""
        from .operations.imagery import ImageryResource

        return ImageryResource(self._transport, self.pipelines)

    @lazy
    def kraken(self) -> Kraken:
        """Imagery and analyses, released as maps and read as files of their tiles."""
        from .kraken import Kraken

        return Kraken(self._transport, self.pipelines)

    @lazy
    def credits(self) -> Credits:
        """Credits of the caller's group and the areas allocated with them."""
        from .credits import Credits

        return Credits(self._transport)

    @lazy
    def user(self) -> UserResource:
        """The caller's account, and the accounts managed by the caller."""
        from .operations.user import UserResource

        return UserResource(self._transport)

    @lazy
    def geojsondb(self) -> GeoJSONDB:
        """Stored GeoJSON features. SpaceKnow marks this API as internal."""
        from .geojsondb import GeoJSONDB

        return GeoJSONDB(self._transport)

    @lazy
    def datacube(self) -> Datacube:
        """Data points, which are scalar results for areas of interest over time."""
        from .datacube import Datacube

        return Datacube(self._transport, self.pipelines)
