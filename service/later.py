"""Modules that are loaded when they are first asked for something: a command pays for what it uses.

Where a module needs another for some of what it does only, it says so at its top::

    if TYPE_CHECKING:
        from service.security import accounts
    else:
        accounts = later("service.security.accounts")

and uses it as ever, ``accounts.Accounts(log)``. What ``kurslog query`` must not load is said in
`tests/architecture/test_starting.py`.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class Later:
    """Stands for a module that may not be loaded yet."""

    __slots__ = ("_module", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has under this name; the interpreter loads it once, for all threads."""
        if self._module is None:
            self._module = importlib.import_module(self._name)
        return getattr(self._module, attribute)


def later(name: str) -> Any:
    """Return what stands for a module until it is needed."""
    return Later(name)
