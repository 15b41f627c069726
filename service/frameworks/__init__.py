"""Ready competence frameworks: what most processes need, so that nobody has to write questions before they can ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).parent / "co_creation.yaml"


@dataclass(frozen=True, slots=True)
class Ready:
    """A framework and an instrument to ask with, as the data of their events."""

    framework: dict[str, Any]
    instrument: dict[str, Any]


@cache
def co_creation() -> Ready:
    """Return the framework of co-creation, *now* and *then* on separate pages.

    Four competences in seven questions for everybody, and one in one question for politicians.
    """
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    ref, version = found["framework_id"], found["version"]
    competences = [
        {"roles": [], **{name: part for name, part in one.items() if name != "items"}} for one in found["competences"]
    ]
    items = [{"competence_id": one["id"], **item} for one in found["competences"] for item in one["items"]]
    asked = {name: found[name] for name in ("instrument_id", "version", "layout", "scale")}
    return Ready(
        framework={"framework_id": ref, "version": version, "competences": competences},
        instrument={**asked, "framework_id": ref, "items": items},
    )
