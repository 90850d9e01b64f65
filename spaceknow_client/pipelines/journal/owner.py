"""Whose an entry of a journal is: a process, named so that others can tell whether it still lives.

The number of a process is given again to others, so its start time belongs to its name. On Linux
that is the tick since boot of /proc (field 22, proc(5)) together with the boot's own id; elsewhere
on POSIX what `ps` tells; on Windows what psutil tells, which has to be installed there.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from attrs import frozen

from ...errors.base import ConfigError

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@frozen
class Owner:
    """A process.

    Attributes:
        machine: the host name; of a process elsewhere nothing can be known.
        started: when it started, as this kind of machine tells it; only good to be compared.
    """

    machine: str
    pid: int
    started: str

    @classmethod
    def current(cls) -> Owner:
        """This process. Raises ConfigError where its start time cannot be had."""
        pid = os.getpid()
        try:
            started = start_time(pid)
        except OSError as error:
            started, problem = None, f" ({error})"
        else:
            problem = ""
        if started is None:
            raise ConfigError(
                f"the start time of this process cannot be read{problem}, and a journal needs it "
                "to tell living owners from dead ones."
            )
        return cls(socket.gethostname(), pid, started)

    def is_dead(self) -> bool:
        """Whether it is known to be dead. Owners on other machines never are."""
        if self.machine != socket.gethostname():
            return False
        try:
            return start_time(self.pid) != self.started
        except OSError:
            return False  # it cannot be known


def start_time(pid: int) -> str | None:
    """When the process `pid` started; None when there is none, or only what is left of a dead one.

    Raises OSError when it cannot be known, ConfigError on Windows without psutil.
    """
    if sys.platform == "linux":
        return _of_proc(pid)
    return _of_psutil(pid) if os.name == "nt" else _of_ps(pid)


def _of_proc(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        if not Path("/proc/self/stat").exists():
            raise
        return None
    # The second field is the command in brackets, which may hold blanks and brackets itself.
    state, *fields = stat[stat.rindex(")") + 1 :].split()
    if state in "ZX":
        return None
    return f"{BOOT_ID.read_text(encoding='ascii').strip()} {fields[18]}"


def _of_ps(pid: int) -> str | None:
    import subprocess

    # The same words in every process, whatever its language and its time zone are.
    plain = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    told = subprocess.run(command, env=plain, capture_output=True, text=True, check=False)  # noqa: S603
    state, *words = told.stdout.split() or [""]
    if told.returncode not in (0, 1):
        raise OSError(f"ps failed: {told.stderr.strip()}")
    return " ".join(words) if words and not state.startswith("Z") else None


def _of_psutil(pid: int) -> str | None:
    try:
        import psutil  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError as error:
        raise ConfigError(
            "a journal on Windows needs psutil.", hint="pip install psutil"
        ) from error
    try:
        return repr(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.Error as error:
        raise OSError(f"psutil failed: {error}") from error
