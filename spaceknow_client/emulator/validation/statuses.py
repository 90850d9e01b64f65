"""The HTTP status of each error code, and other choices of the emulator.

For most codes the document says only `4XX`, because no public source has the number. STATUSES then has
the emulator's choice, by the usual meaning of the statuses: a client that relies on it relies on the
emulator, not on SpaceKnow. Codes with a documented number are not in STATUSES.

The result of a failed pipeline has status 424 with its code; STATUSES is for direct responses.

Other choices of the emulator where the behavior of the service is unknown:

- A missing Authorization header, or one with another scheme than Bearer, gives NOT-AUTHORIZED; an
  invalid, forged or expired bearer token gives INVALID-JWT.
- `tasking.get_status` needs no token, but a token that is sent must be valid. `kraken.grid_file`
  ignores tokens: the map id gives access.
- A release does not require permissions on imagery (`imagery.images...`) and algorithms.
- Only the retrieve operation of a pipeline returns its result; for others the pipeline does not
  exist. Pipelines of other users are accessible.
- A release with several `mapTypes` returns the map of the first; `mapType` takes precedence over
  `mapTypes`. With several scenes the first is shown.
- `onlyDownloadable` and `onlyIngested` have no effect: every scene is both. `minIntersection` is 0
  by default.
- The pipeline fails for an extent without area, of excessive size or outside the scene, and for an
  unknown scene. A missing allocation is an error of the request.
- Legacy releases share the results of the current ones, for any map type in the path. A release by
  tiles has exactly these tiles; it fails if one is too large to draw (below zoom 14), if some are
  outside the scene, and if all are or none is passed.
- A body that violates the document gives EMULATOR-INVALID-BODY; a body without a content type is
  JSON.
- Logins fail as Auth0's do: `invalid_user_password` with 401.
- Credits: an area costs 0.1 per km2 and scene; `km2` is the area that is not yet allocated in at
  least one scene. The free testing area needs no allocation in any scene. Areas allocated for
  months (`ranges`, both ends included) cost the same per month, and cover all scenes of these
  months; `companyId` has no effect, and alone buys nothing. A check or allocation for another
  `userId`, and an allocation with `costFreeAllocation`, require the permission `admin.credits`,
  otherwise ACCESS-DENIED. An allocation requires no other permission, as in the document.
- A user without a group has no credits (NO-VALID-BINDING) and no packages of the Datacube.
- A dry run reports as allocated the result of a check of the area, as ingested the area of each
  scene once, as analyzed once per map type. It fails as the release would.
- get-image requires the permission on the scene's imagery, but no allocation. It covers the bounding
  rectangle, and fails if more than half of the extent is outside the scene.
- A guardian user has its manager's permissions except `admin...`. An email that is already used
  gives EMULATOR-USER-EXISTS with 409. Users cannot delete themselves or accounts of other groups:
  ACCESS-DENIED. `user.authorize` reports an invalid token as not authorized; only an invalid token
  of the caller is an error.
- GeoJSON DB: `created` includes features that already existed. A query compares paths such as
  `properties.name` for equality; operators, and selections that are not a list of paths, give
  MALFORMED-QUERY. All users find the features of all users, with their `id` in any selection.
- Datacube: packages are the projects aluminium and coal. Filters are `value-list` of any column
  and `geo-intersects` with a label (see `datapoints`); others give EMULATOR-INVALID-BODY. Any
  `postprocess` is unsupported. Of duplicates, the newest version is kept.
- An operation that is not implemented returns the first example of the document, see `defaults`.
- The files of `url` and `csvLink` are under /emulator-files/, see `downloads`.
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
"""The status of codes that are neither in STATUSES nor documented."""

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
"""Codes of the emulator only; they are not in the document."""

AUTH0_STATUSES: Mapping[str, int] = {
    "invalid_user_password": 401,
    "invalid_request": 400,
}
"""Auth0's codes, which the login returns in Auth0's form."""


def status_of(code: str) -> int:
    """The HTTP status of a code in the emulator."""
    for table in (STATUSES, EMULATOR_STATUSES, AUTH0_STATUSES):
        if code in table:
            return table[code]
    known = ERRORS.get(code)
    return UNLISTED if known is None or known.status is None else known.status
