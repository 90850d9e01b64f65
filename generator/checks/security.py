"""The security schemes: those that the client has credentials for."""

from __future__ import annotations

from .place import SourceLocation

# Headers of every request.
OWN = ("accept", "accept-encoding", "content-length", "content-type", "host", "user-agent")


def check(root: SourceLocation) -> None:
    for scheme in root["components"]["securitySchemes"]:
        scheme = scheme.followed()
        kind, place, name = scheme["type"].text, scheme["in"].text, scheme["name"].text
        if kind == "apiKey" and place in ("header", "query"):
            if place == "header" and name.lower() in OWN:
                text = f"the header {name} already has another purpose."
                scheme["name"].mistake(f"{text} Use another header for the key.")
        elif kind == "apiKey":
            text = f"the generated client cannot send a key in {place or 'an unnamed place'}."
            scheme.mistake(f"{text} Use in: header or in: query, or remove the scheme.")
        elif kind != "http" or scheme["scheme"].text.lower() != "bearer":
            text = f"the generated client does not support the scheme type {kind}"
            text += f" ({scheme['scheme'].text})" if kind == "http" else ""
            scheme.mistake(f"{text}. Use http with bearer, or apiKey, or remove the scheme.")


def place_of(scheme: SourceLocation) -> tuple[str, str]:
    """The place of a scheme's credential in a request (`header` or `query`), and its name."""
    if scheme["type"].text == "apiKey":
        place, name = scheme["in"].text, scheme["name"].text
        return place, name.lower() if place == "header" else name
    return "header", "authorization" if scheme["type"].text == "http" else ""
