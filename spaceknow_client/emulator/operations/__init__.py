"""Implementations of the operations of the document.

Each module registers its handlers in HANDLERS by operationId when it is imported.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f".{_module.name}", __name__)
