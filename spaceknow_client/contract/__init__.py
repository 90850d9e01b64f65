"""Is an answer what the document says? Pure: it reads the bundled document, and sends nothing.

Needs the extra `contract`. The client uses it for `SpaceKnow(contract="warn")`, the command
`spaceknow contract check` for all that it calls.
"""

from .drift import Drift
from .judge import Judge
from .watch import ContractWatch

__all__ = ["ContractWatch", "Drift", "Judge"]
