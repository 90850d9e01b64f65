"""The TLS context: which certificates the client trusts."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache

import httpx

from ...errors.base import ConfigError

VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


def tls_context() -> ssl.SSLContext:
    """The context that all clients share, since loading certificates takes most of their start-up.

    It trusts certifi's authorities, or those of SSL_CERT_FILE or SSL_CERT_DIR (httpx). Raises
    ConfigError if an environment variable names a file or folder that cannot be used.
    """
    return _context(*(os.environ.get(name) for name in VARIABLES))


@lru_cache(maxsize=4)
def _context(file: str | None, folder: str | None, key_log: str | None) -> ssl.SSLContext:
    if folder and not file and not os.path.isdir(folder):
        raise _unusable("SSL_CERT_DIR", folder, "not a folder")
    try:
        context = httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError too
        reason = error.strerror or "no certificate found"
        if key_log and error.filename == key_log:
            raise _unusable("SSLKEYLOGFILE", key_log, reason) from error
        if file:
            raise _unusable("SSL_CERT_FILE", file, reason) from error
        raise ConfigError(
            f"the trusted certificates cannot be read: {reason}.",
            hint="Reinstall certifi, or set SSL_CERT_FILE to a file of certificates (PEM).",
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


def _unusable(name: str, value: str, reason: str) -> ConfigError:
    return ConfigError(
        f"{value!r}, set by the environment variable {name}, cannot be used: {reason}.",
        hint=f"Correct {name}, or unset it.",
    )
