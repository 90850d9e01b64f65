"""The servers: production first, and others that Environment has a name for."""

from __future__ import annotations

import re
from keyword import iskeyword
from urllib.parse import urlsplit

from spaceknow_client.contract.document import METHODS

from ..document.names import member_name
from ..tables.servers import HANDWRITTEN, VARIABLE, is_any, server_name
from .place import SourceLocation


def check(root: SourceLocation) -> None:
    listed = [*root["servers"]]
    if not listed:
        root["servers"].mistake("servers is missing. List production first, such as https://HOST.")
    names: dict[str, SourceLocation] = {}
    for number, server in enumerate(listed):
        if is_any(server.value if isinstance(server.value, dict) else {}) and number:
            continue
        _server(server)
        name = "PRODUCTION" if not number else server_name(server.value or {})
        other = names.setdefault(name, server)
        if not number and VARIABLE.search(server["url"].text):
            server.mistake(
                "the first server is production: its URL must not have variables. Remove them."
            )
        elif number and (not name.isidentifier() or iskeyword(name.lower())):
            text = (
                "the description of a server must start with its name in Python. Start it with one,"
            )
            server.mistake(f"{text} such as `Europe, for tests.` for Environment.EUROPE.")
        elif other is not server or (number and name in HANDWRITTEN):
            text = f"Environment.{name} already exists. Start the description with another name."
            server.mistake(text)
    for path in root["paths"]:
        own = [path[method] for method in METHODS if method in path]
        if "servers" in path and any(one["tags"][0].text != "auth0" for one in own):
            text = f"only a path of the login may have servers of its own, unlike {path.name}."
            path["servers"].mistake(f"{text} Remove them, or add the server to those of the root.")


def _server(server: SourceLocation) -> None:
    url, variables = server["url"].text, server["variables"]
    plain = VARIABLE.sub("x", url)
    scheme, host = urlsplit(plain)[:2]
    if scheme not in ("http", "https") or not host:
        server["url"].mistake(
            f"{url!r} is not an absolute URL. Write one such as https://api.example.com."
        )
    elif scheme == "http" and not re.match(r"(localhost|127\.[\d.]+|\[::1\])(:\d+)?$", host):
        server["url"].mistake(f"{url!r} would send tokens unencrypted. Use https.")
    names: dict[str, str] = {}
    for name in VARIABLE.findall(url):
        variable, python = variables[name], str(member_name(name))
        default = variable["default"].text
        if name not in variables:
            text = f"the address has {{{name}}}, which is not in variables."
            server["url"].mistake(f"{text} Describe it there.")
        elif "enum" in variable and default not in (variable["enum"].value or ()):
            variable["default"].mistake(
                f"the default {default!r} is not in the enum. Correct one of them."
            )
        elif not re.fullmatch(r"[A-Za-z0-9._-]+", default):
            text = f"the default {default!r} is not a part of a host name."
            variable["default"].mistake(f"{text} Use letters, digits, dots and hyphens.")
        elif iskeyword(python) or names.setdefault(python, name) != name:
            variable.mistake(
                f"{python} is a Python keyword or an existing name. Rename the variable."
            )
