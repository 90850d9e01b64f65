"""A server of raw sockets behind TLS, and an authority that the clients trust, or not."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
import trustme

from tests.faults.wire import Behavior, WireServer


class TLSServer(WireServer):
    """Behind TLS, with a certificate of `authority`; it closes without a TLS alert."""

    def __init__(self, authority: trustme.CA, behaviors: Sequence[Behavior], *names: str) -> None:
        super().__init__(behaviors)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1", *names).configure_cert(self._context)

    @property
    def url(self) -> str:
        return super().url.replace("http:", "https:")

    def _serve(self, connection: socket.socket) -> None:
        try:
            secured = self._context.wrap_socket(connection, server_side=True)
        except OSError:  # the client does not trust us, or is closed
            connection.close()
            return
        super()._serve(secured)


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    """One that the clients of a test trust, like a company's own authority."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made
