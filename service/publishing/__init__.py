"""What is told of aggregates, and when, to whoever may not open the answers beneath them.

Between two moments one person may have answered. Whoever may ask before and after subtracts. So such a reader is told
an answer as it stood at a *published point*: where something begins or is over (`Projection.ends`), a report was
issued or somebody took an answer back, and only when no figure differs, from any point told before, by fewer than k
people (`disclosure.Overlap`). Where it would, whose answer would be seen waits; waves are told each over those who
answered it (``occasions_apart``); counts of people stay one by one as they were told (``figures_alone``). Points follow
from the log alone, walked from its beginning.
"""

from service.publishing.known import RIGHTS_KINDS
from service.publishing.point import Point
from service.publishing.walking import BeingWalkedError, Publishing

__all__ = ["RIGHTS_KINDS", "BeingWalkedError", "Point", "Publishing"]
