"""The closing report to Landdistriktspuljen, in the order its form asks: an unofficial template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from service.reports.accounts import accounts
from service.reports.content import Block, Heading, Report, Section
from service.reports.course import course
from service.reports.doing import activities, participation
from service.reports.failing import failures, setbacks_short
from service.reports.learning import anchoring, dissemination, lessons
from service.reports.material import Material
from service.reports.opening import fact_sheet, lead, short_facts, summary
from service.reports.proving import appendix, method
from service.reports.reaching import goals, goals_short, results
from service.reports.sentences import grant_of, known_day, title_of
from service.words import day, entries

Part = Callable[[Material], list[Block]]
PARTS: Final[tuple[tuple[str, str, str, Part], ...]] = (
    ("facts", "Faktaark", "Fact sheet", fact_sheet),
    ("summary", "Resumé", "Summary", summary),
    ("goals", "Målopfyldelse", "Goals and what was reached", goals),
    ("activities", "Aktiviteter og ændringer", "Activities and changes", activities),
    ("participation", "Deltagelse pr. rolle", "Participation by role", participation),
    ("results", "Resultater", "Results", results),
    ("failures", "Det, der ikke lykkedes", "What did not succeed", failures),
    ("learning", "Læring og model", "Learning and model", lessons),
    ("anchoring", "Forankring", "Anchoring", anchoring),
    ("dissemination", "Formidling", "Dissemination", dissemination),
    ("accounts", "Regnskab, timer og medfinansiering", "Accounts, hours and co-financing", accounts),
    ("method", "Metode og forbehold", "Method and reservations", method),
    ("appendix", "Bilag", "Appendix", appendix),
)
"""The parts in the fund's order: key, Danish title, English title, what writes it. The appendix comes last, for it lists all figures."""


def compose(m: Material) -> Report:
    """Return the whole report for what was gathered."""
    t = m.t
    front = first_page(m)
    sections = tuple(Section(key, t(danish, english), tuple(part(m))) for key, danish, english, part in PARTS)
    return Report(
        process=m.process,
        template="landdistriktspuljen",
        language=m.language,
        title=title_of(m),
        kicker=kicker(m),
        unofficial=t("Uofficiel skabelon", "Unofficial template"),
        invented=_invented(m),
        position=m.clocks.position,
        known=m.clocks.known_at,
        footer=f"{t('Uofficiel skabelon', 'Unofficial template')} · {title_of(m)} · {_known(m)}",
        foot=_foot(m),
        front=tuple(front),
        sections=sections,
        trail=m.ledger.trail(),
    )


def first_page(m: Material) -> list[Block]:
    """Return what a reader needs who has one page."""
    t, drawn = m.t, course(m)
    name = t("Målene, og hvad der blev af dem", "The goals, and what became of them")
    blocks: list[Block] = [lead(m), *([drawn] if drawn else [])]
    blocks += [Heading(t("Fakta", "Facts")), short_facts(m), Heading(name)]
    return [*blocks, *goals_short(m), Heading(t("Det, der ikke lykkedes", "What did not succeed")), *setbacks_short(m)]


def kicker(m: Material) -> str:
    """Return the small line above the title: what this is, that it is unofficial, and how far it knows."""
    t, grant = m.t, grant_of(m)
    case = (grant or {}).get("case_number")
    parts = [t("Slutrapport til Landdistriktspuljen", "Closing report to Landdistriktspuljen")]
    if isinstance(case, str):
        parts.append(t(f"sag {case}", f"case {case}"))
    return " · ".join([*parts, t("uofficiel skabelon", "unofficial template"), _known(m)])


def _known(m: Material) -> str:
    found = known_day(m)
    until = f", {day(found, m.language)}" if found else ""
    happened = ""
    if m.clocks.happened_by:
        last = day(m.clocks.happened_by, m.language)
        happened = m.t(f" · sket til og med {last}", f" · happened by {last}")
    return m.t(f"kendt til og med nr. {m.clocks.position}", f"known by no. {m.clocks.position}") + until + happened


def _invented(m: Material) -> str | None:
    if m.registered.fictional is not True:
        return None
    return m.t(
        f"{title_of(m)} og alle tal er fundet på for at vise rapporten. Ingen virkelige personer.",
        f"{title_of(m)} and all figures are made up to show the report. No real persons.",
    )


def _foot(m: Material) -> tuple[str, ...]:
    t = m.t
    return (
        t(
            "Hvert tal i rapporten fører til de registreringer, det bygger på: tallet i kantet parentes er dets spor, se kontrolsporet",
            "Every figure of the report leads to the entries it rests on: the number in square brackets is its trail, see the control trail",
        ),
        t(
            f"Rapporten bygger på {entries(len(m.stored), 'da')}, {_known(m)}.",
            f"The report rests on {entries(len(m.stored), 'en')}, {_known(m)}.",
        ),
    )
