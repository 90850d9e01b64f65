"""The HTTP status of each error code, and what else the emulator chose where nothing is published.

For most codes the document says `4XX` only, since no public source tells the number. The rows of
STATUSES are then the emulator's own choice, made after the meanings that the statuses have in the
facts: a client that relies on one of them relies on the emulator, not on SpaceKnow. Where the
document gives a number there is no row.

A failed pipeline answers 424 with its code, whatever the row says: the row is for answering the
code directly.

Other choices of the emulator where the real behaviour is unknown:

- An Authorization header that is absent or of another scheme than Bearer gives NOT-AUTHORIZED; a
  bearer token that is broken, forged or expired gives INVALID-JWT.
- `tasking.get_status` takes no token, but one that is sent has to be valid. `kraken.grid_file`
  does not look at a token: the map id is the key.
- Rights on imagery (`imagery.images...`) and algorithms are not demanded of a release.
- A result is handed out by the retrieve operation of its own kind only; for any other one the
  pipeline does not exist. Whose pipeline it is does not matter.
- A release with several `mapTypes` gives the map of the first; `mapType` goes before `mapTypes`.
  With several scenes the first is shown.
- `onlyDownloadable` and `onlyIngested` change nothing: every scene is both. `minIntersection` is 0
  by default.
- An extent without area, of unbearable size, off the scene, and an unknown scene let the pipeline
  fail; a missing allocation is told at once.
- Legacy releases share the results of the current ones, whatever the map type in the path. One by
  tiles has exactly these tiles; it fails when one is too large to draw (below zoom 14), when some
  lie outside the scene, and when all do or none is given.
- A body that the document refuses gives EMULATOR-INVALID-BODY; a body without a content type is
  taken for JSON.
- Logins fail as Auth0's do: `invalid_user_password` with 401.
- Credits: an area costs 0.1 a km2 and scene; `km2` is what is not yet allocated in one scene at
  least. The free testing area needs no allocation in any scene. Areas allocated for months
  (`ranges`, both ends included) cost the same a month, and open all scenes of these months;
  `companyId` is not looked at, and alone buys nothing. To ask or buy for another `userId`, and to
  buy with `costFreeAllocation`, takes the permission `admin.credits`, else ACCESS-DENIED. An
  allocation takes no other permission, as in the document.
- A user without a group has no credits (NO-VALID-BINDING) and no packages of the Datacube.
- A dry run counts as allocated what a check of the area tells, as ingested the area of each scene
  once, as analysed once for each map type. It fails as the release would.
- get-image takes the right on the scene's imagery, but no allocation. It covers the bounding
  rectangle, and fails if more than half of the extent lies outside the scene.
- A guardian user has its manager's permissions but `admin...`. An e-mail that is taken gives
  EMULATOR-USER-EXISTS with 409. Nobody deletes oneself, nor an account of another group:
  ACCESS-DENIED. A token that is not valid is not authorized; only the caller's own gives an error.
- GeoJSON DB: `created` names the features that were there already, too. A query compares paths
  such as `properties.name` for equality; operators and selections that are no list of paths are
  MALFORMED-QUERY. Everybody finds the features of everybody, with their `id` in any selection.
- Datacube: packages are the projects aluminium and coal. Filters are `value-list` of any column
  and `geo-intersects` with a label (see `datapoints`), others give EMULATOR-INVALID-BODY. Any
  `postprocess` is unsupported. Of duplicates the newest version is kept.
- An operation without behaviour here answers the first example of the document, see `defaults`.
- The files behind `url` and `csvLink` lie under /emulator-files/, see `downloads`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...generated.catalogue import ERRORS

INVALID_BODY = "EMULATOR-INVALID-BODY"
INVALID_ANSWER = "EMULATOR-INVALID-ANSWER"
CRASHED = "EMULATOR-ERROR"
USER_EXISTS = "EMULATOR-USER-EXISTS"

FAILED_PIPELINE = 424
UNLISTED = 400
"""For a code without a row, unless the document tells its status: codes are an open list."""

STATUSES: Mapping[str, int] = {
    # general
    "NOT-AUTHORIZED": 401,
    "NON-EXISTENT-ENDPOINT": 404,
    "EXTENT-TOO-LARGE": 422,
    "EXTENT-TOO-SMALL": 422,
    "NO-VALID-PIXELS": 422,
    "NON-EXISTING-SCENE": 404,
    "NON-EXISTENT-GEOMETRY": 404,
    "UNSUPPORTED-IMAGERY": 422,
    "ACCESS-DENIED": 403,
    "API-KEY-AUTHORIZATION-NOT-PERMITTED": 403,
    "IMAGE-HAS-INVALID-PIXELS-ABOVE-TOLERANCE": 422,
    "INTERFEROGRAM-BASELINE-TOO-SMALL": 422,
    "INVALID-CURSOR": 400,
    "INVALID-JWT": 401,
    "INVALID-QUERY-PARAMETER": 400,
    "UNSUPPORTED-ENVIRONMENT": 404,
    "INVALID-AUTHORIZATION-HEADER": 401,
    # tasking
    "NON-EXISTENT-PIPELINE": 404,
    "PIPELINE-NOT-PROCESSED": 400,
    # ragnar
    "ORDER-SCENE-NOT-SUPPORTED": 422,
    "ORDER-TOOK-TOO-LONG": 409,
    "EXTENT-HAS-NO-INTERSECTION": 422,
    "PROVIDER-ERROR": 422,
    "PROVIDER-RESTRICTION": 403,
    "PROVIDER-UNAVAILABILITY": 409,
    "OUTDATED-METADATA": 409,
    "OUTDATED-METADATA-SEARCH-AGAIN": 409,
    "IMAGERY-FETCH-TIMEOUT": 409,
    "NO-VALID-PROVIDER-DATA": 422,
    # kraken
    "TOO-BIG-TILE-AREA": 422,
    "TILE-OUTSIDE-SCENE": 404,
    "ZERO-TILES-AVAILABLE": 404,
    "SCENES-HAVE-NO-INTERSECTION": 422,
    "VERSION-MISMATCH": 409,
    "UNSUPPORTED-FILE-NAME": 404,
    "INVALID-TILE-COORDINATES": 400,
    "TILE-DOES-NOT-EXIST": 404,
    "NOT-PERMITTED-COORDINATES": 403,
    "INVALID-MAP-ID": 400,
    # credits
    "INVALID-GEOJSON": 422,
    "NO-VALID-BINDING": 403,
    "NOT-ENOUGH-CREDITS": 402,
    "NON-EXISTENT-GROUP": 404,
    "NON-EXISTENT-USER": 404,
    "PROCESSOR-DECLINED": 402,
    "GATEWAY-REJECTED": 402,
    "INVALID-NONCE": 400,
    "PAYMENT-ERROR": 402,
    # geojsondb
    "NON-EXISTENT-FEATURE": 404,
    "MALFORMED-QUERY": 400,
    # datacube
    "TOO-MANY-DATAPOINTS": 422,
    "NO-MATCHING-PACKAGE": 403,
    "NON-EXISTENT-PACKAGE": 404,
    "NON-EXISTENT-PRODUCT": 404,
    "DUPLICATE-DATAPOINTS": 409,
    "UNSUPPORTED-POSTPROCESS": 422,
    "NON-EXISTENT-TABLE": 404,
}

EMULATOR_STATUSES: Mapping[str, int] = {
    INVALID_BODY: 400,
    INVALID_ANSWER: 500,
    CRASHED: 500,
    USER_EXISTS: 409,
}
"""Codes that only the emulator has; they are not in the document."""

AUTH0_STATUSES: Mapping[str, int] = {
    "invalid_user_password": 401,
    "invalid_request": 400,
}
"""Auth0's own codes, answered in Auth0's form by the login."""


def status_of(code: str) -> int:
    """The HTTP status that the emulator answers a code with."""
    for table in (STATUSES, EMULATOR_STATUSES, AUTH0_STATUSES):
        if code in table:
            return table[code]
    known = ERRORS.get(code)
    return UNLISTED if known is None or known.status is None else known.status
