"""What a participant is asked, word for word: one file a version, in Danish and English.

A version is never changed once somebody was asked by it. A new one is a new file, and a yes to an old one stays a yes
to the old one: pages show which words each was given on.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from domain.consenting import ConsentPurpose
from domain.vocabulary import Localised

HERE: Final = Path(__file__).parent


@cache
def versions() -> tuple[str, ...]:
    """Return the versions there are, the newest first."""
    return tuple(sorted((path.stem for path in HERE.glob("*.yaml")), key=_by_number, reverse=True))


def _by_number(version: str) -> tuple[int, int]:
    year, _, number = version.partition("-")
    return int(year), int(number)


def newest() -> str:
    """Return the version people are asked by now."""
    return versions()[0]


@cache
def texts(version: str) -> dict[ConsentPurpose, Localised]:
    """Return what a version asks for each purpose; nothing for a version that is not one of ours."""
    if version not in versions():
        return {}
    read: dict[str, Any] = yaml.safe_load((HERE / f"{version}.yaml").read_text(encoding="utf-8"))
    return {ConsentPurpose(purpose): Localised(**said) for purpose, said in read.items()}


def wording(version: str, purpose: ConsentPurpose, lang: str) -> str | None:
    """Return what was asked in a version; None for a version that is not one of ours."""
    found = texts(version).get(purpose)
    return str(getattr(found, lang)) if found else None
