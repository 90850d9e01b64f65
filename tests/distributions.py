"""Installs each distribution in a fresh environment, without this project, and runs a job (`make dist`)."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from spaceknow_client.emulator import Emulator

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
JOB = """
import sys
import spaceknow_client as sk

url, username, password = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
place = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
with sk.SpaceKnow(environment, auth=sk.PasswordAuth(username, password)) as client:
    scene = client.imagery.search("gbdx", "idaho-pansharpened", place).first()
    cars = client.kraken.release("cars", [scene], place).result()
    print(client.kraken.detections(cars).count)
"""


def count(distribution: Path, emulator: Emulator) -> int:
    """The number of cars, counted with only a distribution and its dependencies."""
    with TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = next(Path(folder).glob("[bS]*/python*"))
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--constraint",
            str(CONSTRAINTS),
            str(distribution),
        ]
        subprocess.run([python, *install], check=True, cwd=folder)
        settings = [emulator.url, emulator.username, emulator.password]
        told = subprocess.check_output([python, "-c", JOB, *settings], cwd=folder, text=True)
    return int(told)


def main() -> None:
    with Emulator(seconds_per_pipeline=0) as emulator:
        for distribution in map(Path, sys.argv[1:]):
            found = count(distribution.resolve(), emulator)
            print(f"{distribution.name}: {found:,} cars")
            if not found:
                sys.exit("no car was found, and there are hundreds")


if __name__ == "__main__":
    main()
