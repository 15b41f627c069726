"""Passages of a text, in code points as codings count them: which pieces are marked, and where its sentences lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

LEADING: Final = "npud"
"""The keys that lead on, back, undo and finish; the others may stand for codes."""
KEYS: Final = "123456789" + "".join(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in LEADING)
"""The key of each code, in the order of the codebook."""
SENTENCE: Final = re.compile(r"\S.*?(?:[.!?…]+[”\"')\]]*(?=\s|$)|(?=\s*(?:\n|$)))", re.DOTALL)


class Span(NamedTuple):
    """A passage from ``start`` up to ``end``, and the number it is told by."""

    start: int
    end: int
    n: int


class Piece(NamedTuple):
    """A stretch of text, the passages that cover it, and those of them that end with it."""

    text: str
    numbers: tuple[int, ...]
    ending: tuple[int, ...] = ()


def marked(text: str, spans: Sequence[Span]) -> list[Piece]:
    """Return the text in pieces, cut wherever a passage begins or ends; together they are the text."""
    cuts = sorted({0, len(text), *(end for span in spans for end in (span.start, span.end) if end <= len(text))})
    return [_piece(text, here, there, spans) for here, there in pairwise(cuts)]


def _piece(text: str, here: int, there: int, spans: Sequence[Span]) -> Piece:
    held = [one for one in spans if one.start <= here and there <= one.end]
    return Piece(text[here:there], tuple(one.n for one in held), tuple(one.n for one in held if one.end == there))


def sentences(text: str) -> list[tuple[int, int, str]]:
    """Return where each sentence begins and ends, and its words."""
    return [(found.start(), found.end(), found.group()) for found in SENTENCE.finditer(text)]
