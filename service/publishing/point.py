"""A published point: what is told there, and the words that say as of when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from projections.kernel import ALWAYS, EPOCH, Figure, State
from service.words import day

FOLLOWING: Final = (
    (
        "De følger med, når mindst fem svar er kommet til eller ændret, så ingens svar kan regnes ud af forskellen. "
        "Indtil da kan enkelte svar mangle."
    ),
    (
        "They follow once at least five answers are new or changed, so that nobody’s answer can be worked out from the "
        "difference. Until then a few answers may be missing."
    ),
)
STAYING: Final = (
    (
        "Enkelte tal er ældre: de følger med, når de ændrer sig med mindst fem, så ingen kan regnes ud af forskellen. "
        "Derfor behøver tallene ikke gå op."
    ),
    (
        "A few figures are older: they follow once they change by at least five, so that nobody can be worked out from "
        "the difference. So the figures need not add up."
    ),
)

Row = bytes
"""What a figure rests on: the numbers of the shares (`Known.share`) in order, packed as int32."""
Rows = Mapping[str, Row]
"""What was told at a point: each figure by its key, with what it rests on."""


def moment_by(happened: int) -> dt.datetime:
    """Return the moment at which everything of a point had happened."""
    return EPOCH if happened == ALWAYS else EPOCH + dt.timedelta(microseconds=happened)


@dataclass(frozen=True)
class Point:
    """A published point: where both clocks stand, and what is told there.

    Attributes:
        position: the last entry that was known.
        happened: by when everything in it had happened, in microseconds.
        known: when that was known; None at the beginning, where nothing is told.
        states: the things as they are told.
        rows: the figures, with what each rests on.
        apart: whether each of several occasions is told over whoever answered it.
        figures: the figures that are told.
        older: those of them that stay as they were told before, or (None) are not told: too few changed.
    """

    position: int = 0
    happened: int = ALWAYS
    known: dt.datetime | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)
    apart: bool = False
    figures: Mapping[str, Figure] = field(default_factory=dict)
    older: Mapping[str, Figure | None] = field(default_factory=dict)

    @property
    def at(self) -> dt.datetime:
        """The moment it is judged by which role somebody had."""
        return moment_by(self.happened)

    @property
    def sentence(self) -> tuple[str, str]:
        """As of when the figures are told, and why, in Danish and English."""
        if self.known is None:
            return (
                "Der vises ikke tal endnu. De kommer, når mindst fem har svaret, og der ikke svares mere.",
                "No figures are shown yet. They come when at least five have answered, and the answering is over.",
            )
        da, en = STAYING if self.older else FOLLOWING
        return (
            f"Tallene er gjort op {day(self.known, 'da')}. {da}",
            f"The figures are as of {day(self.known, 'en')}. {en}",
        )

    def settled(self, data: Any) -> Any:
        """Return an answer's data with the figures that are told as they were before."""
        if isinstance(data, Figure):
            return (self.older[data.key] or {"withheld": "few"}) if data.key in self.older else data
        if isinstance(data, dict):
            return {name: self.settled(item) for name, item in data.items()}
        return [self.settled(item) for item in data] if isinstance(data, list) else data
