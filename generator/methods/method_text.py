"""Writes one resource method: what checks its arguments, and the method itself."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .docstrings import docstring
from .methods import METHODS_OWN, Argument, Method
from .values import AREA, call


def _constant(method: Method, place: str) -> str:
    return f"_{method.name.upper()}_{place.upper()}"


def tables(method: Method) -> list[str]:
    """What checks the arguments: one table for the path, one for the body, one for the query."""
    lines = []
    for place in ("path", "body", "query"):
        members = [argument for argument in method.arguments if argument.place == place]
        rest = [argument.name for argument in method.arguments if argument.place == "rest"]
        rows = [_row(argument) for argument in members]
        if place == "body":
            if not (members or rest or method.body.constants):
                continue
            options = call(
                "",
                constants=method.body.constants or None,
                alternatives=method.body.alternatives,
                spans=method.body.spans,
                rest=rest[0] if rest else None,
            )
            rows += [options[1:-1]] if options != "()" else []
        elif not members:
            continue
        lines.append(f"{_constant(method, place)} = Arguments({', '.join(rows)})")
    return lines


def _row(argument: Argument) -> str:
    needed = ", required=True" if argument.required else ""
    return f"Argument({argument.member!r}, {argument.name!r}, {argument.value.check}{needed})"


def _signature(method: Method) -> str:
    positional, keyword = ["self"], list[str]()
    for argument in method.ordered:
        hint = argument.value.hint
        if not argument.required:
            hint = f"{hint.removesuffix(' | None')} | None = None"
        (positional if argument.is_positional else keyword).append(f"{argument.name}: {hint}")
    if method.reuses:
        keyword.append("reuse: bool = False")
    if method.identity is not None:
        keyword += [
            "decompose: Decompose | None = None",
            "concurrency: int = 32",
            "on_progress: Callable[[RunProgress], object] | None = None",
        ]
    return ", ".join([*positional, *(["*", *keyword] if keyword else [])])


def _given(method: Method, place: str) -> str | None:
    """The call of a table with the method's arguments."""
    places = (place, "rest") if place == "body" else (place,)
    names = [argument.name for argument in method.arguments if argument.place in places]
    if not names and not (place == "body" and method.body.constants):
        return None
    return f"{_constant(method, place)}({', '.join(f'{name}={name}' for name in names)})"


def method_lines(method: Method, hint: str, own: Collection[str]) -> list[str]:
    """The method, whose answer has the hint `hint`. Names in `own` get an underscore before them."""
    taken = {argument.name for argument in method.arguments} | {*METHODS_OWN}

    def local(name: str) -> str:
        while name in taken:
            name += "_"
        return name

    operation, path, body, query, answer = map(
        local, ("operation", "path", "body", "query", "answer")
    )
    name = f"_{method.name}" if method.name in own else method.name
    gives = {"direct": hint, "pipeline": f"AsyncPipeline[{hint}]"}.get(
        method.kind, f"AsyncPager[{hint}]"
    )
    define = "def" if "pages" in method.kind else "async def"
    tag_module, operation_module = method.module.split(".")
    lines = [
        "",
        f"    {define} {name}({_signature(method)}) -> {gives}:",
        *docstring(method),
        f"        from ...generated.api.{tag_module} import {operation_module} as {operation}",
        "",
    ]
    secrets = [argument.name for argument in method.arguments if argument.value.secret]
    lines += [f"        {name} = hidden({name})" for name in secrets]
    sent = []
    if (path_value := _given(method, "path")) is not None:
        lines.append(f"        {path} = {path_value}")
        sent.append(f"**{path}")
    body_value = _given(method, "body")
    if method.body.is_there:
        if body_value is not None or method.body.cursor == "body":
            lines.append(f"        {body}: Any = {body_value or '{}'}")
            sent.append(f"body={body} or None" if method.body.is_optional else f"body={body}")
        elif not method.body.is_optional:
            sent.append("body={}")
    if (query_value := _given(method, "query")) is not None or method.body.cursor == "query":
        lines.append(f"        {query}: Any = {query_value or '{}'}")
        sent.append(f"**{query}")
    request = f"{operation}.get_request({', '.join(sent)})"
    if "pages" not in method.kind:
        if method.kind == "pipeline":
            options = ", reuse=reuse" if method.reuses else ""
            return [*lines, f"        return await self._pipelines.start({request}{options})"]
        send = f"await self._transport.send({request}, {operation}.parse)"
        if hint == "None":
            return [*lines, f"        {send}"]
        given = f".{method.unwrap}" if method.unwrap else ""
        return [*lines, f"        {answer} = {send}", f"        return {answer}.parsed{given}"]
    return [*lines, *_listing(method, hint, request, (body, query, operation), local)]


def _listing(
    method: Method,
    hint: str,
    request: str,
    names: tuple[str, str, str],
    local: Callable[[str], str],
) -> list[str]:
    """The lines of a method that gives a pager; `names` are those of its body, query and operation."""
    cursor, page, following, begin, tile = map(
        local, ("cursor", "page", "following", "begin", "tile")
    )
    changed = names[0] if method.body.cursor == "body" else names[1]
    request = request.replace(f"body={changed}", f"body={following}")
    request = request.replace(f"**{changed}", f"**{following}")
    further = f"{following}: Any = {changed} if {cursor} is None else"
    further += f" {{**{changed}, 'cursor': {cursor}}}"
    fetch = ["", f"        async def fetch({cursor}: str | None) -> Page[{hint}]:"]
    pager = ["", f"        return AsyncPager(fetch, {method.pair!r})"]
    options = ", reuse=reuse" if method.reuses else ""
    start = f"self._pipelines.start({request}{options})"
    if method.kind == "pages":
        return [
            *fetch,
            f"            {further}",
            f"            {page} = await self._transport.send({request}, {names[2]}.parse)",
            f"            return page_of({page}.parsed)",
            *pager,
        ]
    if method.identity is None:
        return [
            *fetch,
            f"            {further}",
            f"            {page}: Page[{hint}] = await (await {start}).result()",
            f"            return {page}",
            *pager,
        ]
    area = next(one for one in method.arguments if one.value.hint == AREA)
    return [
        "",
        f"        def {begin}(",
        f"            {tile}: GridTile | None, {cursor}: str | None",
        f"        ) -> AsyncStart[Page[{hint}]]:",
        f"            {further}",
        f"            if {tile} is not None:",
        f"                {following} = {{**{following}, {area.member!r}: {tile}.intersection}}",
        f"            return {start}",
        "",
        "        if decompose is not None:",
        "            from ...extents.tiling import tiles_of",
        "            from ...pages.tiled_pager_async import AsyncTiledPager",
        "",
        "            return AsyncTiledPager(",
        f"                self._pipelines.context, {begin}, tiles_of(Extent({area.name}), decompose),",
        f"                operation={method.pair!r}, key=lambda item: item.{method.identity},",
        "                concurrency=concurrency, on_progress=on_progress,",
        "            )",
        *fetch,
        f"            return await (await {begin}(None, {cursor})).result()",
        *pager,
    ]
