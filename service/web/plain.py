"""Two short pages of plain words: about the figures, and about accessibility."""

from __future__ import annotations

from service.app import Kurslog
from service.web.page import Page


def about_page(kurslog: Kurslog) -> str:
    """Say what the figures are and are not."""
    return Page.opened(kurslog).render("about.html")


def accessibility_page(kurslog: Kurslog) -> str:
    """Say what was tested, and what was not."""
    return Page.opened(kurslog).render("accessibility.html")
