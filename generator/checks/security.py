"""The security schemes: those that the client has credentials for."""

from __future__ import annotations

from .place import SourceLocation

# Headers that a request has for itself.
OWN = ("accept", "accept-encoding", "content-length", "content-type", "host", "user-agent")


def check(root: SourceLocation) -> None:
    for scheme in root["components"]["securitySchemes"]:
        scheme = scheme.followed()
        kind, place, name = scheme["type"].text, scheme["in"].text, scheme["name"].text
        if kind == "apiKey" and place in ("header", "query"):
            if place == "header" and name.lower() in OWN:
                text = f"the header {name} says something else of a request."
                scheme["name"].mistake(f"{text} Let the key have another one.")
        elif kind == "apiKey":
            text = f"the generated client sends no key in a {place or 'place of no name'}."
            scheme.mistake(f"{text} Describe it in: header or in: query, or leave the scheme out.")
        elif kind != "http" or scheme["scheme"].text.lower() != "bearer":
            text = f"the generated client knows no scheme of the type {kind}"
            text += f" ({scheme['scheme'].text})" if kind == "http" else ""
            scheme.mistake(
                f"{text}. Describe it as http with bearer or as apiKey, or leave it out."
            )


def place_of(scheme: SourceLocation) -> tuple[str, str]:
    """Where a request carries the credential of a scheme: `header` or `query`, and its name."""
    if scheme["type"].text == "apiKey":
        place, name = scheme["in"].text, scheme["name"].text
        return place, name.lower() if place == "header" else name
    return "header", "authorization" if scheme["type"].text == "http" else ""
