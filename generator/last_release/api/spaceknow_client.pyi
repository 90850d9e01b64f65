# The public names of spaceknow_client, written by `make release`. Never edit by hand.
APIError = spaceknow_client.errors.APIError
AmbiguousRequestError = spaceknow_client.errors.AmbiguousRequestError
AreaCost = spaceknow_client.generated.models.AreaCost

class AsyncPager(Generic[T]):
    def limit(self, most: int) -> AsyncPager[T]: ...
    def prefetch(self, pages: int = 1) -> AsyncPager[T]: ...
    async def by_page(self, cursor: str | None = None) -> AsyncIterator[Page[T]]: ...
    async def __aiter__(self) -> AsyncIterator[T]: ...
    async def first(self) -> T | None: ...
    async def collect(self) -> list[T]: ...

class AsyncPipeline(Generic[T]):
    id: str
    operation: str
    sub_geometry_id: str | None
    def token(self) -> str: ...
    async def status(self) -> PipelineStatus: ...
    async def wait(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> PipelineStatus: ...
    async def result(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> T: ...

class AsyncRecovery:
    def __init__(
        self, *, pipelines: list[AsyncPipeline[Any]], unknown: list[UnknownRequest]
    ) -> None: ...
    pipelines: list[AsyncPipeline[Any]]
    unknown: list[UnknownRequest]
    async def forget(self, *items: AsyncPipeline[Any] | UnknownRequest) -> None: ...
    def __iter__(self) -> Iterator[AsyncPipeline[Any]]: ...
    def __len__(self) -> int: ...

class AsyncSpaceKnow:
    def __init__(
        self,
        environment: Environment | None = None,
        *,
        auth: PasswordAuth | TokenAuth | StoredAuth | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        pipeline_deadline: float | None = None,
        retry: RetryPolicy | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        max_request_bytes: int | None = None,
        max_response_bytes: int | None = None,
        check_permissions: bool | None = None,
        contract: Literal["off", "warn"] | None = None,
        journal: str | os.PathLike[str] | Journal | None = None,
        http_client: AsyncHTTPClient | None = None,
    ) -> None: ...

    class pipelines:
        async def start(
            self, request: Request, *, map_type: str | None = None, reuse: bool = False
        ) -> AsyncPipeline[Any]: ...
        def attach(
            self, token_or_id: str, *, operation: str | None = None
        ) -> AsyncPipeline[Any]: ...
        async def recover(self) -> AsyncRecovery: ...

    class tasking:
        async def get_status(
            self, pipeline_id: str, *, get_progress: bool | None = None
        ) -> PipelineState: ...

    class imagery:
        def search(
            self,
            provider: str,
            dataset: str,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            start: datetime | date | str | None = None,
            end: datetime | date | str | None = None,
            min_intersection: float | None = None,
            only_downloadable: bool | None = None,
            only_ingested: bool | None = None,
            decompose: Decompose | None = None,
            concurrency: int = 32,
            on_progress: Callable[[RunProgress], object] | None = None,
        ) -> AsyncPager[Scene]: ...
        async def get_image(
            self,
            scene_id: str,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            resolution: float | None = None,
            reuse: bool = False,
        ) -> AsyncPipeline[ImageDownload]: ...

    class kraken(ABC):
        async def release(
            self,
            map_type: str,
            scene_ids: Sequence[str],
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            sub_geometry: Mapping[str, Any] | None = None,
            reuse: bool = False,
        ) -> AsyncPipeline[KrakenMap]: ...
        async def release_geojson(
            self,
            map_type: str,
            scene_id: str,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            reuse: bool = False,
        ) -> AsyncPipeline[ReleaseResult]: ...
        async def release_tiles(
            self,
            map_type: str,
            scene_id: str,
            *,
            tiles: Sequence[Sequence[int]] | None = None,
            reuse: bool = False,
        ) -> AsyncPipeline[ReleaseResult]: ...
        async def grid_file(
            self,
            map: KrakenMap | str,
            tile: Tile | tuple[int, int, int],
            name: str,
            geometry_id: str = "-",
        ) -> GridFile | None: ...
        async def download(
            self,
            map: KrakenMap,
            folder: str | os.PathLike[str],
            files: str | Iterable[str] | None = None,
            zoom: int | None = None,
            *,
            geometry_id: str = "-",
            stop_on_error: bool = False,
            on_progress: Callable[[DownloadProgress], object] | None = None,
        ) -> Downloaded: ...
        async def detections(
            self, map: KrakenMap, geometry_id: str = "-", *, zoom: int | None = None
        ) -> Detections: ...
        async def mosaic(
            self,
            map: KrakenMap,
            file: str | None = None,
            geometry_id: str = "-",
            *,
            zoom: int | None = None,
        ) -> Mosaic: ...
        async def save_mosaic(
            self,
            map: KrakenMap,
            path: str | os.PathLike[str],
            file: str | None = None,
            geometry_id: str = "-",
            *,
            zoom: int | None = None,
            compression: Literal["zstd", "deflate", "none"] = "zstd",
            cloud_optimized: bool = True,
        ) -> Path: ...
        async def view(
            self,
            maps: KrakenMap
            | Sequence[KrakenMap]
            | Mapping[str | date, KrakenMap | Sequence[KrakenMap]],
            path: str | os.PathLike[str] | None = None,
            *,
            zoom: int | None = None,
            title: str = "SpaceKnow",
            open: bool = True,
        ) -> Path: ...
        def release_many(
            self,
            map_type: str,
            *,
            scene_ids: Iterable[str | Sequence[str]],
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            decompose: Decompose | None = None,
            concurrency: int = 100,
            deadline: float | None = None,
            max_credits: float | None = None,
            stop_on_error: bool = False,
            reuse: bool = False,
            on_progress: Callable[[RunProgress], object] | None = None,
        ) -> AsyncIterator[Outcome[Any, AsyncPipeline[KrakenMap], KrakenMap]]: ...
        async def dry_run(
            self,
            map_types: str | Sequence[str],
            *,
            scene_ids: Sequence[str],
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
        ) -> AsyncPipeline[DryRunResult]: ...

    class credits:
        async def remaining(self) -> float: ...
        async def check_area(
            self,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            scene_ids: Sequence[str],
            *,
            user_id: str | None = None,
            credits_tier: str | None = None,
            cost_free_allocation: bool | None = None,
        ) -> AreaCost: ...
        async def allocate_area(
            self,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            scene_ids: Sequence[str],
            *,
            user_id: str | None = None,
            credits_tier: str | None = None,
            cost_free_allocation: bool | None = None,
        ) -> AreaCost: ...

    class user:
        async def info(self) -> UserInfo: ...
        async def create_guardian_user(self, email: str, password: str, name: str) -> None: ...
        async def delete_guardian_user(self, email: str) -> None: ...
        async def authorize(self, token: str) -> AuthorizeResult: ...
        async def manage(self) -> ManagementToken: ...

    class geojsondb:
        def search(
            self, query: Mapping[str, Any] | None = None, *, fields: Any | None = None
        ) -> AsyncPager[dict[str, Any]]: ...
        async def create(
            self,
            features: Mapping[str, Any] | Sequence[Mapping[str, Any]],
            *,
            collection: str | None = None,
        ) -> list[str]: ...

    class datacube:
        async def datapoints(
            self,
            filters: Sequence[DatapointFilter | Mapping[str, Any]],
            *,
            keep_duplicates: bool | None = None,
            reuse: bool = False,
        ) -> AsyncPipeline[DatapointsResult]: ...
        async def catalogue(self) -> dict[str, Any]: ...
        async def dataframe(self, result: DatapointsResult) -> DataFrame: ...

    class raw:
        class auth0:
            async def login(self, *, body: LoginRequest) -> Response[LoginResult]: ...

        class tasking:
            async def get_status(self, *, body: GetStatusRequest) -> Response[PipelineState]: ...

        class imagery:
            async def search_initiate(
                self, *, body: SearchRequest
            ) -> Response[PipelineStarted]: ...
            async def search_retrieve(self, *, body: PipelineReference) -> Response[ScenePage]: ...
            async def get_image_initiate(
                self, *, body: GetImageRequest
            ) -> Response[PipelineStarted]: ...
            async def get_image_retrieve(
                self, *, body: PipelineReference
            ) -> Response[ImageDownload]: ...

        class kraken:
            async def release_initiate(
                self, *, body: ReleaseRequest
            ) -> Response[ReleaseStarted]: ...
            async def release_retrieve(
                self, *, body: PipelineReference
            ) -> Response[ReleaseResult]: ...
            async def dry_run_initiate(
                self, *, body: DryRunRequest
            ) -> Response[PipelineStarted]: ...
            async def dry_run_retrieve(
                self, *, body: PipelineReference
            ) -> Response[DryRunResult]: ...
            async def grid_file(
                self, map_id: str, geometry_id: str, z: int, x: int, y: int, file_name: str
            ) -> Response[bytes | None]: ...
            async def release_geojson_initiate(
                self, map_type: str, *, body: GeojsonReleaseRequest
            ) -> Response[PipelineStarted]: ...
            async def release_geojson_retrieve(
                self, map_type: str, *, body: PipelineReference
            ) -> Response[ReleaseResult]: ...
            async def release_tiles_initiate(
                self, map_type: str, *, body: TilesReleaseRequest
            ) -> Response[PipelineStarted]: ...
            async def release_tiles_retrieve(
                self, map_type: str, *, body: PipelineReference
            ) -> Response[ReleaseResult]: ...

        class credits:
            async def remaining(
                self, *, body: dict[str, Any] | None = None
            ) -> Response[RemainingCredit]: ...
            async def check_area(self, *, body: AreaCheckRequest) -> Response[AreaCost]: ...
            async def allocate_area(self, *, body: AreaAllocationRequest) -> Response[AreaCost]: ...

        class user:
            async def info(self, *, body: dict[str, Any] | None = None) -> Response[UserInfo]: ...
            async def create_guardian_user(
                self, *, body: CreateGuardianUserRequest
            ) -> Response[dict[str, Any]]: ...
            async def delete_guardian_user(
                self, *, body: DeleteGuardianUserRequest
            ) -> Response[dict[str, Any]]: ...
            async def authorize(self, *, body: AuthorizeRequest) -> Response[AuthorizeResult]: ...
            async def manage(self, *, body: dict[str, Any]) -> Response[ManagementToken]: ...

        class geojsondb:
            async def create(self, *, body: NewFeatureCollection) -> Response[CreatedFeatures]: ...
            async def search(self, *, body: FeatureQuery) -> Response[FeaturePage]: ...

        class datacube:
            async def datapoints_initiate(
                self, *, body: DatapointsRequest
            ) -> Response[PipelineStarted]: ...
            async def datapoints_retrieve(
                self, *, body: PipelineReference
            ) -> Response[DatapointsResult]: ...
            async def catalogue(
                self, *, body: dict[str, Any] | None = None
            ) -> Response[dict[str, Any]]: ...

    environment: Environment

    class options:
        timeout: float
        deadline: float
        pipeline_deadline: float
        retry: RetryPolicy
        limits: Limits
        hooks: Hooks
        max_request_bytes: int
        max_response_bytes: int
        check_permissions: bool
        contract: Literal["off", "warn"]

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        pipeline_deadline: float | None = None,
        retry: RetryPolicy | None = None,
        hooks: Hooks | None = None,
        max_request_bytes: int | None = None,
        max_response_bytes: int | None = None,
        check_permissions: bool | None = None,
        contract: Literal["off", "warn"] | None = None,
    ) -> Self: ...
    async def permissions(self) -> PermissionSet: ...
    async def check(self, operation: str) -> None: ...
    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

AuthError = spaceknow_client.errors.AuthError
AuthorizeResult = spaceknow_client.generated.models.AuthorizeResult
ConfigError = spaceknow_client.errors.ConfigError
ConnectError = spaceknow_client.errors.ConnectError

class CreditLimitError(SpaceKnowError):
    estimate: float
    planned: float
    limit: float

CreditsError = spaceknow_client.errors.CreditsError
DatacubeError = spaceknow_client.errors.DatacubeError
DatapointsResult = spaceknow_client.generated.models.DatapointsResult
DeadlineExceededError = spaceknow_client.errors.DeadlineExceededError

class Detections:
    def __init__(self, features: list[dict[str, Any]]) -> None: ...
    features: list[dict[str, Any]]
    @classmethod
    def read(cls, files: Iterable[GridFile | None]) -> Detections: ...
    count: int
    area: float
    def to_dict(self) -> dict[str, Any]: ...
    def to_geodataframe(self) -> GeoDataFrame: ...
    def save(self, path: str | os.PathLike[str]) -> Path: ...

class Distortion:
    def __init__(self, side: float, area: float) -> None: ...
    side: float
    area: float

class DistortionWarning(UserWarning): ...

class DownloadBar:
    def __init__(self, title: str = "Files", console: Console | None = None) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def __call__(self, progress: DownloadProgress) -> None: ...

DownloadError = spaceknow_client.errors.DownloadError

class DownloadProgress:
    def __init__(
        self,
        *,
        total: int,
        fetched: int = 0,
        present: int = 0,
        absent: int = 0,
        failed: int = 0,
        bytes: int = 0,
    ) -> None: ...
    total: int
    fetched: int
    present: int
    absent: int
    failed: int
    bytes: int
    done: int

class Downloaded(DownloadProgress):
    def __init__(self, *, folder: Path, failures: tuple[FailedFile, ...] = ()) -> None: ...
    folder: Path
    failures: tuple[FailedFile, ...]

DryRunResult = spaceknow_client.generated.models.DryRunResult

class Environment:
    def __init__(self, *, base_url: str, auth_domain: str, client_id: str) -> None: ...
    base_url: str
    auth_url: str
    client_id: str
    PRODUCTION: Environment
    DEVEL: Environment
    EMULATOR: Environment
    host: str
    auth_host: str
    @classmethod
    def named(cls, name: str) -> Environment: ...

class ErrorCode(StrEnum):
    is_known: bool
    NOT_AUTHORIZED = "NOT-AUTHORIZED"
    PAYLOAD_TOO_LARGE = "PAYLOAD-TOO-LARGE"
    NON_EXISTENT_ENDPOINT = "NON-EXISTENT-ENDPOINT"
    EXTENT_TOO_LARGE = "EXTENT-TOO-LARGE"
    EXTENT_TOO_SMALL = "EXTENT-TOO-SMALL"
    NO_VALID_PIXELS = "NO-VALID-PIXELS"
    NON_EXISTING_SCENE = "NON-EXISTING-SCENE"
    NON_EXISTENT_GEOMETRY = "NON-EXISTENT-GEOMETRY"
    UNSUPPORTED_IMAGERY = "UNSUPPORTED-IMAGERY"
    ACCESS_DENIED = "ACCESS-DENIED"
    API_KEY_AUTHORIZATION_NOT_PERMITTED = "API-KEY-AUTHORIZATION-NOT-PERMITTED"
    IMAGE_HAS_INVALID_PIXELS_ABOVE_TOLERANCE = "IMAGE-HAS-INVALID-PIXELS-ABOVE-TOLERANCE"
    INTERFEROGRAM_BASELINE_TOO_SMALL = "INTERFEROGRAM-BASELINE-TOO-SMALL"
    INVALID_CURSOR = "INVALID-CURSOR"
    METHOD_NOT_ALLOWED = "METHOD-NOT-ALLOWED"
    INVALID_JWT = "INVALID-JWT"
    INVALID_QUERY_PARAMETER = "INVALID-QUERY-PARAMETER"
    FORBIDDEN = "FORBIDDEN"
    UNSUPPORTED_ENVIRONMENT = "UNSUPPORTED-ENVIRONMENT"
    INVALID_AUTHORIZATION_HEADER = "INVALID-AUTHORIZATION-HEADER"
    NON_EXISTENT_PIPELINE = "NON-EXISTENT-PIPELINE"
    PIPELINE_NOT_PROCESSED = "PIPELINE-NOT-PROCESSED"
    ORDER_SCENE_NOT_SUPPORTED = "ORDER-SCENE-NOT-SUPPORTED"
    ORDER_TOOK_TOO_LONG = "ORDER-TOOK-TOO-LONG"
    EXTENT_HAS_NO_INTERSECTION = "EXTENT-HAS-NO-INTERSECTION"
    PROVIDER_ERROR = "PROVIDER-ERROR"
    PROVIDER_RESTRICTION = "PROVIDER-RESTRICTION"
    PROVIDER_UNAVAILABILITY = "PROVIDER-UNAVAILABILITY"
    OUTDATED_METADATA = "OUTDATED-METADATA"
    OUTDATED_METADATA_SEARCH_AGAIN = "OUTDATED-METADATA-SEARCH-AGAIN"
    IMAGERY_FETCH_TIMEOUT = "IMAGERY-FETCH-TIMEOUT"
    NO_VALID_PROVIDER_DATA = "NO-VALID-PROVIDER-DATA"
    TOO_BIG_TILE_AREA = "TOO-BIG-TILE-AREA"
    TILE_OUTSIDE_SCENE = "TILE-OUTSIDE-SCENE"
    ZERO_TILES_AVAILABLE = "ZERO-TILES-AVAILABLE"
    SCENES_HAVE_NO_INTERSECTION = "SCENES-HAVE-NO-INTERSECTION"
    VERSION_MISMATCH = "VERSION-MISMATCH"
    UNSUPPORTED_FILE_NAME = "UNSUPPORTED-FILE-NAME"
    INVALID_TILE_COORDINATES = "INVALID-TILE-COORDINATES"
    TILE_DOES_NOT_EXIST = "TILE-DOES-NOT-EXIST"
    NOT_PERMITTED_COORDINATES = "NOT-PERMITTED-COORDINATES"
    INVALID_MAP_ID = "INVALID-MAP-ID"
    INVALID_GEOJSON = "INVALID-GEOJSON"
    NO_VALID_BINDING = "NO-VALID-BINDING"
    NOT_ENOUGH_CREDITS = "NOT-ENOUGH-CREDITS"
    NON_EXISTENT_GROUP = "NON-EXISTENT-GROUP"
    NON_EXISTENT_USER = "NON-EXISTENT-USER"
    PROCESSOR_DECLINED = "PROCESSOR-DECLINED"
    GATEWAY_REJECTED = "GATEWAY-REJECTED"
    INVALID_NONCE = "INVALID-NONCE"
    PAYMENT_ERROR = "PAYMENT-ERROR"
    NON_EXISTENT_FEATURE = "NON-EXISTENT-FEATURE"
    MALFORMED_QUERY = "MALFORMED-QUERY"
    TOO_MANY_DATAPOINTS = "TOO-MANY-DATAPOINTS"
    NO_MATCHING_PACKAGE = "NO-MATCHING-PACKAGE"
    NON_EXISTENT_PACKAGE = "NON-EXISTENT-PACKAGE"
    NON_EXISTENT_PRODUCT = "NON-EXISTENT-PRODUCT"
    DUPLICATE_DATAPOINTS = "DUPLICATE-DATAPOINTS"
    UNSUPPORTED_POSTPROCESS = "UNSUPPORTED-POSTPROCESS"
    NON_EXISTENT_TABLE = "NON-EXISTENT-TABLE"

class Extent:
    def __init__(self, source: Mapping[str, Any] | str | HasGeoInterface | Extent) -> None: ...
    bounds: tuple[float, float, float, float]
    @classmethod
    def from_bounds(cls, west: float, south: float, east: float, north: float) -> Extent: ...
    @classmethod
    def from_file(cls, path: str | Path) -> Extent: ...
    def to_geojson(self) -> dict[str, Any]: ...
    area: float
    def repaired(self) -> Extent: ...
    def split_at_antimeridian(self, *, short_edges: bool = False) -> Extent: ...
    def joined_at_antimeridian(self) -> Extent: ...
    def simplify_to(self, max_bytes: int) -> SimplifiedExtent: ...
    size_in_bytes: int

class FailedFile:
    def __init__(self, *, tile: Tile, name: str, error: SpaceKnowError) -> None: ...
    tile: Tile
    name: str
    error: SpaceKnowError

class FileTokenStore:
    def __init__(self, path: str | os.PathLike[str] | None = None) -> None: ...
    path: expanduser
    def load(self, key: str) -> Token | None: ...
    def save(self, key: str, token: Token) -> None: ...
    def forget(self, key: str) -> bool: ...
    def try_lock(self) -> Callable[[], None] | None: ...

GeneralError = spaceknow_client.errors.GeneralError
GeoJSONDBError = spaceknow_client.errors.GeoJSONDBError

class GridFile:
    def __init__(
        self, *, tile: Tile, name: str, content: bytes, media_type: str | None
    ) -> None: ...
    tile: Tile
    name: str
    content: bytes
    media_type: str | None
    def json(self) -> Any: ...

class GridTile:
    def __init__(self, row: int, column: int, fraction: float) -> None: ...
    row: int
    column: int
    fraction: float
    crs: str
    is_inside: bool
    area: float
    local_square: BaseGeometry
    local_intersection: BaseGeometry
    square: dict[str, Any]
    intersection: dict[str, Any]

class Hooks:
    def __init__(
        self,
        *,
        on_request: Callable[[RequestEvent], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        on_poll: Callable[[PollEvent], object] | None = None,
    ) -> None: ...
    on_request: Callable[[RequestEvent], object] | None
    on_retry: Callable[[RetryEvent], object] | None
    on_poll: Callable[[PollEvent], object] | None

ImageDownload = spaceknow_client.generated.models.ImageDownload
InvalidArgumentError = spaceknow_client.errors.InvalidArgumentError
InvalidExtentError = spaceknow_client.errors.InvalidExtentError
InvalidResponseError = spaceknow_client.errors.InvalidResponseError

class Journal:
    def __init__(self, path: str | os.PathLike[str]) -> None: ...
    path: absolute
    def intend(self, entry: Entry, *, reuse: bool = False) -> Entry | None: ...
    def not_begun(self, entry: Entry) -> None: ...
    def begun(self, entry: Entry) -> None: ...
    def unknown(self, entry: Entry, reason: str, request_id: str | None = None) -> None: ...
    def ended(self, host: str, pipeline_id: str, state: State) -> None: ...
    def recover(self, host: str, account: str | None = None) -> list[Entry]: ...
    def entries(self, host: str) -> list[Entry]: ...
    def forget(self, ids: Iterable[str]) -> None: ...
    def close(self) -> None: ...

class KeyringTokenStore:
    def __init__(self, service: str = "spaceknow-client tokens") -> None: ...
    service: str
    def load(self, key: str) -> Token | None: ...
    def save(self, key: str, token: Token) -> None: ...
    def forget(self, key: str) -> bool: ...
    def try_lock(self) -> Callable[[], None] | None: ...

KrakenError = spaceknow_client.errors.KrakenError

class KrakenMap:
    def __init__(
        self,
        *,
        map_id: str,
        map_type: str | None = None,
        max_zoom: int,
        tiles: tuple[Tile, ...],
        additional_properties: dict[str, Any] = ...,
    ) -> None: ...
    map_id: str
    map_type: str | None
    max_zoom: int
    tiles: tuple[Tile, ...]
    additional_properties: dict[str, Any]
    @classmethod
    def read(cls, value: Any, map_type: str | None) -> KrakenMap: ...
    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> KrakenMap: ...
    def to_dict(self) -> dict[str, Any]: ...

class Limits:
    def __init__(self, *, concurrency: int = 8) -> None: ...
    concurrency: int

LoginError = spaceknow_client.errors.LoginError
ManagementToken = spaceknow_client.generated.models.ManagementToken

class MapFolder:
    def __init__(self, path: str | os.PathLike[str]) -> None: ...
    path: checked_path
    map: KrakenMap
    geometry_id: Any
    has_version_mismatch: bool
    files: list[str]
    def tiles(self, name: str) -> Iterator[Tile]: ...
    def grid_file(self, tile: Tile, name: str) -> GridFile | None: ...
    def detections(self, *, zoom: int | None = None) -> Detections: ...
    def mosaic(self, file: str | None = None, *, zoom: int | None = None) -> Mosaic: ...
    def save_mosaic(
        self,
        path: str | os.PathLike[str],
        file: str | None = None,
        *,
        zoom: int | None = None,
        compression: Literal["zstd", "deflate", "none"] = "zstd",
        cloud_optimized: bool = True,
    ) -> Path: ...
    def view(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        zoom: int | None = None,
        title: str = "SpaceKnow",
        open: bool = True,
    ) -> Path: ...

class MemoryTokenStore:
    def __init__(self) -> None: ...
    def load(self, key: str) -> Token | None: ...
    def save(self, key: str, token: Token) -> None: ...
    def try_lock(self) -> Callable[[], None] | None: ...

class Mosaic:
    def __init__(
        self, *, image: Image, zoom: int, origin: tuple[int, int], tile_size: int
    ) -> None: ...
    image: Image
    zoom: int
    origin: tuple[int, int]
    tile_size: int
    @classmethod
    def read(cls, tiles: Sequence[Tile], files: Sequence[GridFile | None]) -> Mosaic: ...
    @classmethod
    def empty(cls, layout: Layout, size: int = TILE_SIZE) -> Mosaic: ...
    def paste(self, tile: Tile, piece: Image) -> None: ...
    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]: ...

class Outcome(Generic[I, P, T]):
    def __init__(self, *, input: I, pipeline: P | None, error: SpaceKnowError | None) -> None: ...
    input: I
    pipeline: P | None
    error: SpaceKnowError | None
    result: T

class Page(Generic[T]):
    def __init__(
        self, *, items: Sequence[T], cursor: str | None, pipeline_id: str | None = None
    ) -> None: ...
    items: Sequence[T]
    cursor: str | None
    pipeline_id: str | None

class Pager(Generic[T]):
    def limit(self, most: int) -> Pager[T]: ...
    def prefetch(self, pages: int = 1) -> Pager[T]: ...
    def by_page(self, cursor: str | None = None) -> Iterator[Page[T]]: ...
    def __iter__(self) -> Iterator[T]: ...
    def first(self) -> T | None: ...
    def collect(self) -> list[T]: ...

PaginationError = spaceknow_client.errors.PaginationError

class PasswordAuth:
    def __init__(
        self, username: str, password: str | Callable[[], str], store: TokenStore | None = None
    ) -> None: ...
    username: str
    password: str | Callable[[], str]
    store: TokenStore
    @classmethod
    def prompt(
        cls, username: str | None = None, store: TokenStore | None = None
    ) -> PasswordAuth: ...
    @classmethod
    def from_keyring(
        cls, username: str, service: str = "spaceknow", store: TokenStore | None = None
    ) -> PasswordAuth: ...
    def current_password(self) -> str: ...

class Permission(str):
    parts: tuple[str, ...]
    def matches(self, required: str) -> bool: ...

PermissionDeniedError = spaceknow_client.errors.PermissionDeniedError

class PermissionSet(Set[Permission]):
    def __init__(self, names: Iterable[str] = ()) -> None: ...
    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Iterator[Permission]: ...
    def __len__(self) -> int: ...
    def allows(self, required: str) -> bool: ...
    def missing(self, *required: str) -> tuple[str, ...]: ...

class Pipeline(Generic[T]):
    id: str
    operation: str
    sub_geometry_id: str | None
    def token(self) -> str: ...
    def status(self) -> PipelineStatus: ...
    def wait(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> PipelineStatus: ...
    def result(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> T: ...

PipelineError = spaceknow_client.errors.PipelineError
PipelineFailedError = spaceknow_client.errors.PipelineFailedError
PipelineState = spaceknow_client.generated.models.PipelineState
PipelineStatus = spaceknow_client.generated.models.PipelineStatus
PipelineTimeoutError = spaceknow_client.errors.PipelineTimeoutError

class PollEvent(NamedTuple):
    def __init__(
        self, operation: str, pipeline_id: str, status: str, delay: float | None
    ) -> None: ...
    operation: str
    pipeline_id: str
    status: str
    delay: float | None

class Progress:
    def __init__(
        self, *, message: str, provider: str | None = None, step: int | None = None, steps: int = 6
    ) -> None: ...
    message: str
    provider: str | None
    step: int | None
    steps: int
    @classmethod
    def read(cls, value: Any) -> Progress | None: ...

RagnarError = spaceknow_client.errors.RagnarError

class Recovery:
    def __init__(
        self, *, pipelines: list[Pipeline[Any]], unknown: list[UnknownRequest]
    ) -> None: ...
    pipelines: list[Pipeline[Any]]
    unknown: list[UnknownRequest]
    def forget(self, *items: Pipeline[Any] | UnknownRequest) -> None: ...
    def __iter__(self) -> Iterator[Pipeline[Any]]: ...
    def __len__(self) -> int: ...

ReleaseResult = spaceknow_client.generated.models.ReleaseResult

class RequestEvent(NamedTuple):
    def __init__(
        self,
        operation: str,
        attempt: int,
        status: int | None,
        request_id: str | None,
        seconds: float,
        host: str,
        error: str | None,
    ) -> None: ...
    operation: str
    attempt: int
    status: int | None
    request_id: str | None
    seconds: float
    host: str
    error: str | None

RequestTimeoutError = spaceknow_client.errors.RequestTimeoutError
RequestTooLargeError = spaceknow_client.errors.RequestTooLargeError

class RetryEvent(NamedTuple):
    def __init__(self, operation: str, attempt: int, status: int | None, delay: float) -> None: ...
    operation: str
    attempt: int
    status: int | None
    delay: float

class RetryPolicy:
    def __init__(
        self,
        *,
        max_attempts: int = 5,
        backoff: float = 0.5,
        max_backoff: float = 30.0,
        max_retry_after: float = 120.0,
    ) -> None: ...
    max_attempts: int
    backoff: float
    max_backoff: float
    max_retry_after: float
    @classmethod
    def none(cls) -> RetryPolicy: ...
    def may_repeat(self, *, safe: bool, fate: Fate, status: int | None, attempt: int) -> bool: ...
    def delay(self, attempt: int, retry_after: float | None) -> float: ...

class RunBar:
    def __init__(self, title: str = "Pipelines", console: Console | None = None) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def __call__(self, progress: RunProgress) -> None: ...

class RunProgress:
    def __init__(
        self, *, total: int | None, begun: int, done: int, failed: int, credits: float | None = None
    ) -> None: ...
    total: int | None
    begun: int
    done: int
    failed: int
    credits: float | None

Scene = spaceknow_client.generated.models.Scene

class SharedTokenStore(TokenStore, Protocol):
    def try_lock(self) -> Callable[[], None] | None: ...

class SpaceKnow:
    def __init__(
        self,
        environment: Environment | None = None,
        *,
        auth: PasswordAuth | TokenAuth | StoredAuth | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        pipeline_deadline: float | None = None,
        retry: RetryPolicy | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        max_request_bytes: int | None = None,
        max_response_bytes: int | None = None,
        check_permissions: bool | None = None,
        contract: Literal["off", "warn"] | None = None,
        journal: str | os.PathLike[str] | Journal | None = None,
        http_client: HTTPClient | None = None,
    ) -> None: ...

    class pipelines:
        def start(
            self, request: Request, *, map_type: str | None = None, reuse: bool = False
        ) -> Pipeline[Any]: ...
        def attach(self, token_or_id: str, *, operation: str | None = None) -> Pipeline[Any]: ...
        def recover(self) -> Recovery: ...

    class tasking:
        def get_status(
            self, pipeline_id: str, *, get_progress: bool | None = None
        ) -> PipelineState: ...

    class imagery:
        def search(
            self,
            provider: str,
            dataset: str,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            start: datetime | date | str | None = None,
            end: datetime | date | str | None = None,
            min_intersection: float | None = None,
            only_downloadable: bool | None = None,
            only_ingested: bool | None = None,
            decompose: Decompose | None = None,
            concurrency: int = 32,
            on_progress: Callable[[RunProgress], object] | None = None,
        ) -> Pager[Scene]: ...
        def get_image(
            self,
            scene_id: str,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            resolution: float | None = None,
            reuse: bool = False,
        ) -> Pipeline[ImageDownload]: ...

    class kraken(ABC):
        def release(
            self,
            map_type: str,
            scene_ids: Sequence[str],
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            sub_geometry: Mapping[str, Any] | None = None,
            reuse: bool = False,
        ) -> Pipeline[KrakenMap]: ...
        def release_geojson(
            self,
            map_type: str,
            scene_id: str,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            *,
            reuse: bool = False,
        ) -> Pipeline[ReleaseResult]: ...
        def release_tiles(
            self,
            map_type: str,
            scene_id: str,
            *,
            tiles: Sequence[Sequence[int]] | None = None,
            reuse: bool = False,
        ) -> Pipeline[ReleaseResult]: ...
        def grid_file(
            self,
            map: KrakenMap | str,
            tile: Tile | tuple[int, int, int],
            name: str,
            geometry_id: str = "-",
        ) -> GridFile | None: ...
        def download(
            self,
            map: KrakenMap,
            folder: str | os.PathLike[str],
            files: str | Iterable[str] | None = None,
            zoom: int | None = None,
            *,
            geometry_id: str = "-",
            stop_on_error: bool = False,
            on_progress: Callable[[DownloadProgress], object] | None = None,
        ) -> Downloaded: ...
        def detections(
            self, map: KrakenMap, geometry_id: str = "-", *, zoom: int | None = None
        ) -> Detections: ...
        def mosaic(
            self,
            map: KrakenMap,
            file: str | None = None,
            geometry_id: str = "-",
            *,
            zoom: int | None = None,
        ) -> Mosaic: ...
        def save_mosaic(
            self,
            map: KrakenMap,
            path: str | os.PathLike[str],
            file: str | None = None,
            geometry_id: str = "-",
            *,
            zoom: int | None = None,
            compression: Literal["zstd", "deflate", "none"] = "zstd",
            cloud_optimized: bool = True,
        ) -> Path: ...
        def view(
            self,
            maps: KrakenMap
            | Sequence[KrakenMap]
            | Mapping[str | date, KrakenMap | Sequence[KrakenMap]],
            path: str | os.PathLike[str] | None = None,
            *,
            zoom: int | None = None,
            title: str = "SpaceKnow",
            open: bool = True,
        ) -> Path: ...
        def release_many(
            self,
            map_type: str,
            *,
            scene_ids: Iterable[str | Sequence[str]],
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            decompose: Decompose | None = None,
            concurrency: int = 100,
            deadline: float | None = None,
            max_credits: float | None = None,
            stop_on_error: bool = False,
            reuse: bool = False,
            on_progress: Callable[[RunProgress], object] | None = None,
        ) -> Iterator[Outcome[Any, Pipeline[KrakenMap], KrakenMap]]: ...
        def dry_run(
            self,
            map_types: str | Sequence[str],
            *,
            scene_ids: Sequence[str],
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
        ) -> Pipeline[DryRunResult]: ...

    class credits:
        def remaining(self) -> float: ...
        def check_area(
            self,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            scene_ids: Sequence[str],
            *,
            user_id: str | None = None,
            credits_tier: str | None = None,
            cost_free_allocation: bool | None = None,
        ) -> AreaCost: ...
        def allocate_area(
            self,
            extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
            scene_ids: Sequence[str],
            *,
            user_id: str | None = None,
            credits_tier: str | None = None,
            cost_free_allocation: bool | None = None,
        ) -> AreaCost: ...

    class user:
        def info(self) -> UserInfo: ...
        def create_guardian_user(self, email: str, password: str, name: str) -> None: ...
        def delete_guardian_user(self, email: str) -> None: ...
        def authorize(self, token: str) -> AuthorizeResult: ...
        def manage(self) -> ManagementToken: ...

    class geojsondb:
        def search(
            self, query: Mapping[str, Any] | None = None, *, fields: Any | None = None
        ) -> Pager[dict[str, Any]]: ...
        def create(
            self,
            features: Mapping[str, Any] | Sequence[Mapping[str, Any]],
            *,
            collection: str | None = None,
        ) -> list[str]: ...

    class datacube:
        def datapoints(
            self,
            filters: Sequence[DatapointFilter | Mapping[str, Any]],
            *,
            keep_duplicates: bool | None = None,
            reuse: bool = False,
        ) -> Pipeline[DatapointsResult]: ...
        def catalogue(self) -> dict[str, Any]: ...
        def dataframe(self, result: DatapointsResult) -> DataFrame: ...

    class raw:
        class auth0:
            def login(self, *, body: LoginRequest) -> Response[LoginResult]: ...

        class tasking:
            def get_status(self, *, body: GetStatusRequest) -> Response[PipelineState]: ...

        class imagery:
            def search_initiate(self, *, body: SearchRequest) -> Response[PipelineStarted]: ...
            def search_retrieve(self, *, body: PipelineReference) -> Response[ScenePage]: ...
            def get_image_initiate(self, *, body: GetImageRequest) -> Response[PipelineStarted]: ...
            def get_image_retrieve(self, *, body: PipelineReference) -> Response[ImageDownload]: ...

        class kraken:
            def release_initiate(self, *, body: ReleaseRequest) -> Response[ReleaseStarted]: ...
            def release_retrieve(self, *, body: PipelineReference) -> Response[ReleaseResult]: ...
            def dry_run_initiate(self, *, body: DryRunRequest) -> Response[PipelineStarted]: ...
            def dry_run_retrieve(self, *, body: PipelineReference) -> Response[DryRunResult]: ...
            def grid_file(
                self, map_id: str, geometry_id: str, z: int, x: int, y: int, file_name: str
            ) -> Response[bytes | None]: ...
            def release_geojson_initiate(
                self, map_type: str, *, body: GeojsonReleaseRequest
            ) -> Response[PipelineStarted]: ...
            def release_geojson_retrieve(
                self, map_type: str, *, body: PipelineReference
            ) -> Response[ReleaseResult]: ...
            def release_tiles_initiate(
                self, map_type: str, *, body: TilesReleaseRequest
            ) -> Response[PipelineStarted]: ...
            def release_tiles_retrieve(
                self, map_type: str, *, body: PipelineReference
            ) -> Response[ReleaseResult]: ...

        class credits:
            def remaining(
                self, *, body: dict[str, Any] | None = None
            ) -> Response[RemainingCredit]: ...
            def check_area(self, *, body: AreaCheckRequest) -> Response[AreaCost]: ...
            def allocate_area(self, *, body: AreaAllocationRequest) -> Response[AreaCost]: ...

        class user:
            def info(self, *, body: dict[str, Any] | None = None) -> Response[UserInfo]: ...
            def create_guardian_user(
                self, *, body: CreateGuardianUserRequest
            ) -> Response[dict[str, Any]]: ...
            def delete_guardian_user(
                self, *, body: DeleteGuardianUserRequest
            ) -> Response[dict[str, Any]]: ...
            def authorize(self, *, body: AuthorizeRequest) -> Response[AuthorizeResult]: ...
            def manage(self, *, body: dict[str, Any]) -> Response[ManagementToken]: ...

        class geojsondb:
            def create(self, *, body: NewFeatureCollection) -> Response[CreatedFeatures]: ...
            def search(self, *, body: FeatureQuery) -> Response[FeaturePage]: ...

        class datacube:
            def datapoints_initiate(
                self, *, body: DatapointsRequest
            ) -> Response[PipelineStarted]: ...
            def datapoints_retrieve(
                self, *, body: PipelineReference
            ) -> Response[DatapointsResult]: ...
            def catalogue(
                self, *, body: dict[str, Any] | None = None
            ) -> Response[dict[str, Any]]: ...

    environment: Environment

    class options:
        timeout: float
        deadline: float
        pipeline_deadline: float
        retry: RetryPolicy
        limits: Limits
        hooks: Hooks
        max_request_bytes: int
        max_response_bytes: int
        check_permissions: bool
        contract: Literal["off", "warn"]

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        pipeline_deadline: float | None = None,
        retry: RetryPolicy | None = None,
        hooks: Hooks | None = None,
        max_request_bytes: int | None = None,
        max_response_bytes: int | None = None,
        check_permissions: bool | None = None,
        contract: Literal["off", "warn"] | None = None,
    ) -> Self: ...
    def permissions(self) -> PermissionSet: ...
    def check(self, operation: str) -> None: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

SpaceKnowError = spaceknow_client.errors.SpaceKnowError

class StoredAuth:
    def __init__(
        self, store: TokenStore = FileTokenStore(), username: str | None = None
    ) -> None: ...
    store: TokenStore
    username: str | None

TaskingError = spaceknow_client.errors.TaskingError

class Tile(NamedTuple):
    def __init__(self, z: int, x: int, y: int) -> None: ...
    z: int
    x: int
    y: int
    bounds: tuple[float, float, float, float]
    exists: bool
    parent: Tile
    children: tuple[Tile, Tile, Tile, Tile]
    def descendants(self, zoom: int) -> Iterator[Tile]: ...
    corner: tuple[float, float]

class TileGrid(Sequence[GridTile]):
    def __init__(
        self,
        sheets: Sequence[Sheet],
        *,
        tile_size: float,
        clip: bool = True,
        numbers: range | None = None,
    ) -> None: ...
    tile_size: float
    clip: bool
    def __len__(self) -> int: ...
    def __getitem__(self, index: int | slice) -> GridTile | TileGrid: ...
    def __iter__(self) -> Iterator[GridTile]: ...
    crs: tuple[str, ...]
    rows: NDArray[int32]
    columns: NDArray[int32]
    planes: NDArray[int32]
    fractions: NDArray[float64]
    inside: NDArray[bool_]
    local_squares: NDArray[object_]
    local_intersections: NDArray[object_]
    squares: NDArray[object_]
    intersections: NDArray[object_]
    distortion: Distortion
    area: float
    def to_geojson(self) -> dict[str, Any]: ...
    def to_geodataframe(self) -> GeoDataFrame: ...

class TokenAuth:
    def __init__(self, token: str) -> None: ...
    token: str

TokenExpiredError = spaceknow_client.errors.TokenExpiredError

class TokenStore(Protocol):
    def load(self, key: str) -> Token | None: ...
    def save(self, key: str, token: Token) -> None: ...

TransportError = spaceknow_client.errors.TransportError

class UnknownRequest:
    def __init__(
        self,
        *,
        operation: str,
        body: Any,
        map_type: str | None,
        at: datetime,
        reason: str,
        request_id: str | None,
        id: str,
    ) -> None: ...
    operation: str
    body: Any
    map_type: str | None
    at: datetime
    reason: str
    request_id: str | None
    id: str
    @classmethod
    def of(cls, entry: Entry) -> UnknownRequest: ...

UserInfo = spaceknow_client.generated.models.UserInfo

def decompose(
    extent: Mapping[str, Any] | str | HasGeoInterface | Extent,
    tile_size: float | None = None,
    *,
    crs: str = "auto",
    min_fraction: float = 0.0,
    align: str = "center",
    clip: bool = True,
    max_area: float | None = None,
    max_bytes: int | None = None,
) -> TileGrid: ...
def map_to_xarray(
    client: SpaceKnow | AsyncSpaceKnow,
    map: KrakenMap,
    file: str | None = None,
    *,
    geometry_id: str = "-",
) -> DataArray: ...
def open_ski(
    source: str | os.PathLike[str] | bytes | GridFile, *, max_bytes: int = MAX_SKI_BYTES
) -> Dataset: ...
def scenes_to_geodataframe(scenes: Iterable[Scene]) -> GeoDataFrame: ...
def scenes_to_stac(scenes: Iterable[Scene]) -> ItemCollection: ...
def scenes_to_stac_geoparquet(scenes: Iterable[Scene], path: str | os.PathLike[str]) -> None: ...
