"""Two short pages of plain words: about the figures, and about accessibility."""

from __future__ import annotations

import base64
import datetime as dt
from typing import NamedTuple

from service.app import Kurslog
from service.ledger.verify import ProofError, open_checkpoint
from service.log.ledger import UnsignedError
from service.web.page import Page


class Fingerprint(NamedTuple):
    """The latest checkpoint, for people; the root is spelled as in the checkpoint itself, so that it can be compared."""

    root: str
    size: int
    at: dt.datetime
    key: str
    witnesses: list[tuple[str, dt.datetime]]
    """Who cosigned it, and when they say they did."""


def about_page(kurslog: Kurslog) -> str:
    """Say what the figures are and are not."""
    return Page.opened(kurslog).render("about.html", fingerprint=_fingerprint(kurslog))


def _fingerprint(kurslog: Kurslog) -> Fingerprint | None:
    """Return the latest checkpoint; None while there is none whose signatures hold."""
    signed = kurslog.ledger.signed()
    if signed is None:
        return None
    try:
        checkpoint, cosigners = open_checkpoint(signed.note, kurslog.ledger_key, kurslog.witnesses)
    except (UnsignedError, ProofError):
        return None
    witnesses = [(name, dt.datetime.fromtimestamp(at, dt.UTC)) for name, at in sorted(cosigners.items()) if at]
    root = base64.b64encode(checkpoint.root).decode()
    return Fingerprint(root, checkpoint.size, signed.at, str(kurslog.ledger_key), witnesses)


def accessibility_page(kurslog: Kurslog) -> str:
    """Say what was tested, and what was not."""
    return Page.opened(kurslog).render("accessibility.html")
