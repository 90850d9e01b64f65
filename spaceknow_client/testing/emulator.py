"""The emulator of the fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spaceknow_client.emulator.emulator import Emulator

if TYPE_CHECKING:
    from spaceknow_client.client.client import SpaceKnow


class TestEmulator(Emulator):
    """An emulator that closes its synchronous clients, so that tests need not."""

    __test__ = False  # otherwise pytest collects it as a class of tests

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clients: list[SpaceKnow] = []

    def client(self, **options: Any) -> SpaceKnow:
        """Like `Emulator.client`; closed after the test."""
        client = super().client(**options)
        self._clients.append(client)
        return client

    def __exit__(self, *_: object) -> None:
        while self._clients:
            self._clients.pop().close()
        super().__exit__()
