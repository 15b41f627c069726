"""The texts of the simulator, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).parent


def read(name: str) -> Any:
    """Return the content of one of the YAML files beside this one."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader, in C where there is one


@cache
def words() -> dict[str, Any]:
    """Return names, tools, and the sentences people say."""
    found: dict[str, Any] = read("words.yaml")
    return found
