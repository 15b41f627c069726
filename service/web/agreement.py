"""How far coders agree, code by code."""

from __future__ import annotations

from service.app import Kurslog
from service.web.desk import Row, coding_desk
from service.web.page import ProcessPage


def agreement_page(kurslog: Kurslog, process: str) -> str:
    """Show code by code how far coders agree, over how many texts, and why it cannot always be said."""
    desk = coding_desk(kurslog, process)
    rows: dict[tuple[str, str], list[Row]] = {}
    for one in desk.data["agreement"]:
        rows.setdefault((one["codebook"], one["version"]), []).append(one)
    return desk.page.render("agreement.html", desk=desk, rows=dict(reversed(rows.items())), why=_why(desk.page))


def _why(page: ProcessPage) -> dict[str, str]:
    t = page.t
    return {
        "not-compared": t("ingen tekst er læst til ende af to", "no text was read to the end by two"),
        "one-value": t(
            "alle har svaret det samme om alle tekster, så intet viser, om de kan kende forskel",
            "everybody said the same of all texts, so nothing shows that they can tell them apart",
        ),
        "not-two": t("κ er for to kodere; se α", "κ is for two coders; see α"),
    }
