# The public names of spaceknow_client.generated.models, written by `make release`. Never edit by hand.

class AreaAllocationRequest:
    def __init__(
        self,
        *,
        geojson: dict[str, Any],
        scene_ids: list[str] | None = None,
        user_id: str | None | Unset = UNSET,
        credits_tier: str | None | Unset = UNSET,
        cost_free_allocation: bool | None = None,
        ranges: list[MonthRange] | None = None,
        company_id: int | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class AreaCheckRequest:
    def __init__(
        self,
        *,
        geojson: dict[str, Any],
        scene_ids: list[str],
        user_id: str | None | Unset = UNSET,
        credits_tier: str | None | Unset = UNSET,
        cost_free_allocation: bool | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class AreaCost:
    km2: float
    cost: float
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class AuthorizeRequest:
    def __init__(self, *, token: str, additional_properties: dict[str, Any] = ...) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class AuthorizeResult:
    authorized: bool
    user: AuthorizedUser | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class AuthorizedUser:
    id: str
    email: str
    name: str
    groups: list[str]
    permissions: list[str]
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class Band:
    names: list[str]
    bit_depth: int | None
    gsd: float | None
    pixel_size_x: float | None
    pixel_size_y: float | None
    crs_origin_x: float | None
    crs_origin_y: float | None
    approximate_resolution_x: float | None
    approximate_resolution_y: float | None
    radiance_mult: float | None
    radiance_add: float | None
    reflectance_mult: float | None
    reflectance_add: float | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class CreateGuardianUserRequest:
    def __init__(
        self, *, email: str, password: str, name: str, additional_properties: dict[str, Any] = ...
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class CreatedFeatures:
    created: list[str]
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DatapointFilter:
    def __init__(
        self,
        *,
        field: str,
        type_: str,
        params: dict[str, Any],
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DatapointsRequest:
    def __init__(
        self,
        *,
        filters: list[DatapointFilter],
        keep_duplicates: bool | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DatapointsResult:
    csv_link: str
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DeleteGuardianUserRequest:
    def __init__(self, *, email: str, additional_properties: dict[str, Any] = ...) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DryRun:
    def __init__(
        self,
        *,
        scenes: list[DryRunScene],
        map_types: list[str],
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DryRunRequest:
    def __init__(
        self,
        *,
        dry_runs: list[DryRun],
        extent: dict[str, Any],
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DryRunResult:
    allocated_credits: float
    allocated_km2: float
    analyzed_km2: float
    ingested_km2: float
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class DryRunScene:
    def __init__(self, *, scene_id: str, additional_properties: dict[str, Any] = ...) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class FeaturePage:
    results: list[dict[str, Any]]
    cursor: str | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class FeatureQuery:
    def __init__(
        self,
        *,
        fields: Any | None = None,
        field_fields: Any | None = None,
        cursor: str | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class GeojsonReleaseRequest:
    def __init__(
        self, *, scene_id: str, extent: dict[str, Any], additional_properties: dict[str, Any] = ...
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class GetImageRequest:
    def __init__(
        self,
        *,
        scene_id: str,
        extent: dict[str, Any],
        resolution: float | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class GetStatusRequest:
    def __init__(
        self,
        *,
        pipeline_id: str,
        get_progress: bool | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class ImageDownload:
    url: str
    meta: Scene | None
    extent: dict[str, Any] | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class LoginRequest:
    def __init__(
        self,
        *,
        client_id: str,
        username: str,
        password: str,
        connection: str,
        grant_type: str,
        scope: str,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class LoginResult:
    id_token: str
    access_token: str | None
    token_type: str | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class ManagementToken:
    token: str
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class MonthRange:
    def __init__(
        self, *, from_: str, to: str, additional_properties: dict[str, Any] = ...
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class NewFeature:
    def __init__(
        self,
        *,
        type_: str,
        geometry: dict[str, Any],
        properties: NewFeatureProperties,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class NewFeatureCollection:
    def __init__(
        self, *, type_: str, features: list[NewFeature], additional_properties: dict[str, Any] = ...
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class NewFeatureProperties:
    def __init__(self, *, collection: str, additional_properties: dict[str, Any] = ...) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class PipelineReference:
    def __init__(
        self, *, pipeline_id: str, additional_properties: dict[str, Any] = ...
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class PipelineStarted:
    pipeline_id: str
    status: PipelineStatus
    next_try: int
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class PipelineState:
    status: PipelineStatus
    next_try: int | None
    progress: Progress | str | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class PipelineStatus(StrEnum):
    is_known: bool
    FAILED = "FAILED"
    NEW = "NEW"
    PROCESSING = "PROCESSING"
    RESOLVED = "RESOLVED"

class Progress:
    message: str
    step: int
    provider: str | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class ReleaseRequest:
    def __init__(
        self,
        *,
        scene_ids: list[str],
        extent: dict[str, Any],
        map_type: str | None = None,
        map_types: list[str] | None = None,
        sub_geometry: dict[str, Any] | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class ReleaseResult:
    map_id: str
    max_zoom: int
    tiles: list[list[int]]
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class ReleaseStarted:
    pipeline_id: str
    status: PipelineStatus
    next_try: int
    sub_geometry_id: str | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class RemainingCredit:
    remaining_credit: float
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class Scene:
    scene_id: str
    provider: str
    dataset: str
    satellite: str
    datetime: datetime
    footprint: dict[str, Any]
    crs_epsg: int | None
    bands: list[Band] | None
    cloud_cover: float | None
    off_nadir: float | None
    sun_azimuth: float | None
    sun_elevation: float | None
    satellite_azimuth: float | None
    anomalous_ratio: float | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class ScenePage:
    results: Sequence[Scene]
    cursor: str | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class SearchRequest:
    def __init__(
        self,
        *,
        provider: str,
        dataset: str,
        extent: dict[str, Any],
        start_datetime: datetime | None = None,
        end_datetime: datetime | None = None,
        min_intersection: float | None = None,
        only_downloadable: bool | None = None,
        only_ingested: bool | None = None,
        cursor: str | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class TilesReleaseRequest:
    def __init__(
        self,
        *,
        scene_id: str,
        tiles: list[list[int]] | None = None,
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...

class UserInfo:
    id: str
    email: str
    name: str
    permissions: list[str]
    accounting: str | None
    additional_properties: dict[str, Any]
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...
    @classmethod
    def read(cls, value: Any, path: str) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...
