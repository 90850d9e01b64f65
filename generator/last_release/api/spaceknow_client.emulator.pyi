# The public names of spaceknow_client.emulator, written by `make release`. Never edit by hand.

class Call:
    def __init__(
        self,
        operation: str | None,
        method: str,
        path: str,
        body: Any,
        status: int,
        request_id: str,
        at: float,
        fault: Fault | None = None,
    ) -> None: ...
    operation: str | None
    method: str
    path: str
    body: Any
    status: int
    request_id: str
    at: float
    fault: Fault | None

class Emulator:
    def __init__(
        self,
        seconds_per_pipeline: float = 10.0,
        page_size: int = 20,
        seed: int = 0,
        port: int = 0,
        drift: Iterable[str] = (),
    ) -> None: ...
    def __enter__(self) -> Emulator: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def bind(self) -> Emulator: ...
    def start(self) -> Emulator: ...
    def stop(self) -> None: ...
    url: str
    username: str
    password: str
    clock: EmulatorClock
    environment: Environment
    def client(self, **options: Any) -> SpaceKnow: ...
    def async_client(self, **options: Any) -> AsyncSpaceKnow: ...
    def calls(self, operation: str | None = None) -> list[Call]: ...
    def add_user(
        self,
        username: str,
        password: str,
        permissions: Iterable[str] | None = None,
        group: str | None = GROUP,
    ) -> None: ...
    def fail(
        self, operation: str, code: str, times: int = 1, message: str | None = None
    ) -> None: ...
    def script(
        self,
        operation: str,
        statuses: Iterable[str],
        error: str | None = None,
        times: int = 1,
        message: str | None = None,
    ) -> None: ...
    def load(self, folder: str | os.PathLike[str]) -> None: ...
    def fault(self, operation: str, *faults: Fault) -> None: ...

class EmulatorClock:
    def __init__(self) -> None: ...
    def monotonic(self) -> float: ...
    def time(self) -> float: ...
    def advance(self, seconds: float) -> None: ...
    def sleep(self, seconds: float) -> None: ...
    async def async_sleep(self, seconds: float) -> None: ...
    def wait(self, condition: Condition, until: float | None) -> None: ...
    async def async_wait(self, event: Event, until: float | None) -> None: ...

class Fault:
    def __init__(
        self,
        *,
        name: str,
        after: Literal["nothing", "request", "effect"] = "request",
        times: int | None = ...,
        change: Callable[[Response], Response] = ...,
        steps: Callable[[Response], Iterable[bytes | float]] | None = ...,
        ending: Literal["close", "reset"] = ...,
    ) -> None: ...
    name: str
    after: Literal["nothing", "request", "effect"]
    times: int | None
    change: Callable[[Response], Response]
    steps: Callable[[Response], Iterable[bytes | float]] | None
    ending: Literal["close", "reset"]
    @classmethod
    def drop(
        cls,
        after: Literal["nothing", "request", "effect", "headers", "body"] = "request",
        *,
        times: int | None = 1,
    ) -> Fault: ...
    @classmethod
    def reset(
        cls,
        after: Literal["nothing", "request", "effect", "headers", "body"] = "request",
        *,
        times: int | None = 1,
    ) -> Fault: ...
    @classmethod
    def drip(
        cls,
        seconds_per_byte: float,
        *,
        of: Literal["answer", "body"] = "answer",
        times: int | None = 1,
    ) -> Fault: ...
    @classmethod
    def silence(
        cls,
        seconds: float,
        after: Literal["request", "effect"] = "request",
        *,
        times: int | None = 1,
    ) -> Fault: ...
    @classmethod
    def status(
        cls,
        status: int,
        *,
        code: str | None = None,
        message: str = "This failure was asked for.",
        retry_after: float | datetime | str | None = None,
        body: Any = None,
        after: Literal["request", "effect"] = "request",
        times: int | None = 1,
    ) -> Fault: ...
    @classmethod
    def html(
        cls,
        status: int = 502,
        *,
        after: Literal["request", "effect"] = "request",
        times: int | None = 1,
    ) -> Fault: ...
    @classmethod
    def json(cls, value: Any, *, status: int = 200, times: int | None = 1) -> Fault: ...
    @classmethod
    def body(
        cls,
        content: bytes,
        *,
        status: int = 200,
        media_type: str = "application/json; charset=utf-8",
        headers: Mapping[str, str] | None = None,
        after: Literal["request", "effect"] = "request",
        times: int | None = 1,
        name: str | None = None,
    ) -> Fault: ...
    @classmethod
    def raw(cls, content: bytes, *, times: int | None = 1) -> Fault: ...
    @classmethod
    def edit(
        cls,
        members: Mapping[str, Any] | None = None,
        *,
        without: Collection[str] = (),
        times: int | None = 1,
    ) -> Fault: ...
    @classmethod
    def truncated(cls, *, times: int | None = 1) -> Fault: ...
    @classmethod
    def wrong_length(cls, by: int, *, times: int | None = 1) -> Fault: ...
    @classmethod
    def gzip_bomb(cls, size: int, *, times: int | None = 1) -> Fault: ...
    @classmethod
    def redirect(cls, to: str, *, status: int = 307, times: int | None = 1) -> Fault: ...
