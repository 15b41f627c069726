"""What is asked of the simulator: how many people and gatherings, and which of the possible villages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("0d0f4f34-5a52-5a0e-8c0c-8b1f3f6f2b11")
FEWEST_PARTICIPANTS: Final = 10
FEWEST_GATHERINGS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large the village is, and its seed. Everything follows from these four."""

    participants: int = 50
    gatherings: int = 5
    seed: int = 1
    process: str = "fabelby"

    def event_id(self, name: str) -> str:
        """Return the id of the event of this name: the same for the same plan, another for any other."""
        key = f"{self.process}|{self.participants}|{self.gatherings}|{self.seed}|{name}"
        return str(uuid5(NAMESPACE, key))
