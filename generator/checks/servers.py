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
        root["servers"].mistake("servers is missing. Name production first, as https://HOST.")
    names: dict[str, SourceLocation] = {}
    for number, server in enumerate(listed):
        if is_any(server.value if isinstance(server.value, dict) else {}) and number:
            continue
        _server(server)
        name = "PRODUCTION" if not number else server_name(server.value or {})
        other = names.setdefault(name, server)
        if not number and VARIABLE.search(server["url"].text):
            server.mistake("the first server is production. Give it an address without variables.")
        elif number and (not name.isidentifier() or iskeyword(name.lower())):
            text = (
                "a server is named in Python by how its description begins. Begin it with a name,"
            )
            server.mistake(f"{text} as `Europe, for tests.` for Environment.EUROPE.")
        elif other is not server or (number and name in HANDWRITTEN):
            text = f"Environment.{name} is there already. Begin the description with another name."
            server.mistake(text)
    for path in root["paths"]:
        own = [path[method] for method in METHODS if method in path]
        if "servers" in path and any(one["tags"][0].text != "auth0" for one in own):
            text = f"servers of a path are those of the login, and {path.name} is none."
            path["servers"].mistake(
                f"{text} Leave them out, or add the server to those of the root."
            )


def _server(server: SourceLocation) -> None:
    url, variables = server["url"].text, server["variables"]
    plain = VARIABLE.sub("x", url)
    scheme, host = urlsplit(plain)[:2]
    if scheme not in ("http", "https") or not host:
        server["url"].mistake(f"{url!r} is no address. Write one such as https://api.example.com.")
    elif scheme == "http" and not re.match(r"(localhost|127\.[\d.]+|\[::1\])(:\d+)?$", host):
        server["url"].mistake(f"{url!r} would show tokens to the network. Write https.")
    names: dict[str, str] = {}
    for name in VARIABLE.findall(url):
        variable, python = variables[name], str(member_name(name))
        default = variable["default"].text
        if name not in variables:
            text = f"the address has {{{name}}}, and there is no variable of this name."
            server["url"].mistake(f"{text} Describe it under variables.")
        elif "enum" in variable and default not in (variable["enum"].value or ()):
            variable["default"].mistake(f"{default!r} is none of the enum. Mend one of them.")
        elif not re.fullmatch(r"[A-Za-z0-9._-]+", default):
            text = f"the default {default!r} is no part of an address."
            variable["default"].mistake(f"{text} Write letters, digits, dots and hyphens.")
        elif iskeyword(python) or names.setdefault(python, name) != name:
            variable.mistake(f"{python} is no name of its own in Python. Rename the variable.")
