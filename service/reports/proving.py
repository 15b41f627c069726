"""How the report was made, what it cannot carry, and the appendix: control trail, sources, verification."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from domain.correcting import EventCorrected, EventWithdrawn, TextRedacted, open_disputes
from domain.harvesting import OutcomeHarvested
from domain.kernel import Envelope
from domain.organising import IndicatorDefined, SuccessCriterionAgreed
from domain.vocabulary import TimePrecision
from service.cases import CASES, knabstrup
from service.reports.content import Block, Heading, Line, Paragraph, Run, Tally, Unrecorded, trail_of
from service.reports.material import Material, corrections
from service.reports.tables import absent, places_of, table
from service.words import day, entries, month, number

KEY: Final = re.compile(r"[A-Z]{1,2}\d{1,4}")


def method(m: Material) -> list[Block]:
    """Say how figures came about, how dates are known, what was mended, and what the report cannot show."""
    t = m.t
    told = t(
        "Rapporten er skrevet ud af logbogen. Hvert tal er talt op af de registreringer, der står i kontrolsporet, og teksterne"
        " er dem, folk eller kilder har skrevet. Ingen tal er skønnet, og det, der mangler, er ikke regnet som 0.",
        "The report is written from the log. Every figure is counted from the entries in the control trail, and the texts are"
        " those people or sources wrote. No figure is an estimate, and what is missing is not counted as 0.",
    )
    cause = t(
        "Det, der skete under eller efter forløbet, er ikke dermed sket på grund af forløbet. Rapporten viser, hvad der er"
        " registreret, og hvor stærkt belægget er; den viser ikke årsager.",
        "What happened during or after the process did not therefore happen because of it. The report shows what is recorded"
        " and how strong the evidence is; it does not show causes.",
    )
    small = t(
        "Tal for roller med færre end fem personer vises ikke, og heller ikke tal, som de kunne regnes ud af. Fremmøde,"
        " kompetencer og relationer er gjort op, så de heller ikke kan regnes ud af forskellen til en tidligere rapport. Derfor"
        " kan enkelte mangle, til mindst fem er kommet til.",
        "Numbers of roles with fewer than five persons are not shown, nor numbers from which they could be worked out."
        " Attendance, competences and ties are told so that they cannot be worked out from the difference to an earlier report"
        " either. So a few may be missing until at least five are new.",
    )
    opening = m.count(m.events, t("Registreringer i rapporten", "Entries in the report")) if m.events else Unrecorded()
    rests: Line = (t("Rapporten bygger på ", "The report rests on "), opening, t(" registreringer.", " entries."))
    lines = [
        (told,),
        (cause,),
        rests,
        _dates(m),
        _silences(m),
        _stated(m),
        _mended(m),
        _day_100(m),
        _agreed_late(m),
        _unfed(m),
    ]
    return [Paragraph(line) for line in [*lines, (small,), _unofficial(m)] if line]


def _unofficial(m: Material) -> Line:
    return (
        m.t(
            "Skabelonen følger de punkter, Landdistriktspuljen plejer at bede om. Den er ikke udgivet eller godkendt af puljen.",
            "The template follows the points the fund usually asks for. It is neither published nor approved by the fund.",
        ),
    )


def _part(
    m: Material, events: list[Envelope], what: tuple[str, str], before: tuple[str, str], after: tuple[str, str]
) -> Line:
    return (m.t(*before), m.count(events, m.t(*what)), m.t(*after)) if events else ()


def _dates(m: Material) -> Line:
    vague = [event for event in m.events if event.timeprecision not in {TimePrecision.INSTANT, TimePrecision.DAY}]
    after = (
        " af dem er dagen ikke kendt, kun måned, år eller periode. De står med det, der er kendt, aldrig med en opfundet dag.",
        " of them the day is not known, only the month, year or span. They stand with what is known, never an invented day.",
    )
    return _part(m, vague, ("Registreringer uden en kendt dag", "Entries without a known day"), ("For ", "For "), after)


def _silences(m: Material) -> Line:
    silent = [event for event in m.events if event.notrecorded]
    what = ("Registreringer, hvor kilden tier om et felt", "Entries with a field the source leaves out")
    after = (
        " af dem tier kilden om mindst ét felt. Grunden står ved feltet eller under tabellen.",
        " of them the source leaves out at least one field. The reason stands with the field or under the table.",
    )
    return _part(m, silent, what, ("For ", "For "), after)


def _stated(m: Material) -> Line:
    stated = [event for event in m.events if event.learnedat]
    after = (
        " af dem er det angivet, hvornår de var kendt. Det er kildens ord, ikke bevist.",
        " of them it is stated when they were known. That is the source's word, not proven.",
    )
    return _part(m, stated, ("Registreringer med angivet kendt", "Entries stated as known"), ("For ", "For "), after)


def _mended(m: Material) -> Line:
    t, found = m.t, corrections(m.stored)
    redactions = [event for event in found if isinstance(event.data, TextRedacted)]
    if not found:
        return (t("Ingen registreringer er rettet eller trukket tilbage.", "No entries were corrected or withdrawn."),)
    runs: list[Run] = []
    for what, events in (
        (t("Rettelser", "Corrections"), [event for event in found if isinstance(event.data, EventCorrected)]),
        (t("Trukket tilbage", "Withdrawn"), [event for event in found if isinstance(event.data, EventWithdrawn)]),
        (t("Tekster overstreget for altid", "Texts redacted for good"), redactions),
        (t("Bestridt og ikke afgjort", "Disputed and not settled"), open_disputes(found)),
    ):
        if events:
            runs += [f"{what}: ", m.count(events, what), ". "]
    tail = (
        t(
            "Ud over overstregede tekster slettes intet; rettelsen står ved siden af det, den retter.",
            "Beside redacted texts nothing is deleted; a correction stands beside what it corrects.",
        )
        if redactions
        else t(
            "Intet slettes; rettelsen står ved siden af det, den retter.",
            "Nothing is deleted; a correction stands beside what it corrects.",
        )
    )
    return (*runs, tail)


def _day_100(m: Material) -> Line:
    found = m.answers["actions"]
    days = [one["day"] for one in found["actions"] if one["day"]]
    if not found["past_day_100"]["value"]:
        return ()
    what = m.t("Handlinger med frist efter dag 100", "Actions due after day 100")
    late = m.figure("actions", found["past_day_100"], what)
    after = m.t(
        f" handlinger ligger fristen efter dag 100, regnet fra startworkshoppen; den seneste er dag {max(days)}.",
        f" actions the due day is after day 100, counted from the kick-off; the last is day {max(days)}.",
    )
    return (m.t("For ", "For "), late, after)


def _agreed_late(m: Material) -> Line:
    first = min((event.time for event in m.of(OutcomeHarvested)), default=None)
    late = [event for event in m.of(SuccessCriterionAgreed, IndicatorDefined) if first and event.time > first]
    what = (
        "Tegn og målepunkter aftalt efter de første ændringer",
        "Signs and indicators agreed after the first changes",
    )
    after = (
        " tegn på succes eller målepunkter blev aftalt, efter at de første ændringer var set.",
        " signs of success or indicators were agreed after the first changes had been seen.",
    )
    return _part(m, late, what, ("I alt ", "In all "), after)


def _unfed(m: Material) -> Line:
    unfed = [event for event in m.of(IndicatorDefined) if not event.data.fed_by]
    what = ("Målepunkter uden tal fra logbogen", "Indicators fed by nothing in the log")
    after = (" målepunkter kommer der ingen tal fra logbogen.", " indicators no figures come from the log.")
    return _part(m, unfed, what, ("Til ", "For "), after)


# ------------------------------------------------------------------ the appendix
def appendix(m: Material) -> list[Block]:
    """Return sources and verification, and before them the trail of every figure entered so far."""
    rest = [*_sources(m), *_verification(m)]
    return [*trail_table(m, m.ledger.trail()), *rest]


def trail_table(m: Material, trail: tuple[Tally, ...]) -> list[Block]:
    """Return every figure of the report with the entries it rests on."""
    t = m.t
    title = Heading(t("Kontrolspor", "Control trail"), "trail")
    if not trail:
        return [title, absent(m, "rapporten har ingen tal.", "the report has no figures.")]
    said = t(
        "Hvert tal i rapporten har et spornummer. Her står, hvad det tæller, og numrene på de registreringer, det bygger på."
        " Slå et nummer op i logbogen for at se registreringen.",
        "Every figure of the report has a trail number. Here is what it counts, and the numbers of the entries it rests on."
        " Look a number up in the log to see the entry.",
    )
    header = (
        t("Spor", "Trail"),
        t("Tal", "Figure"),
        t("Værdi", "Value"),
        t("Antal", "Count"),
        t("Registreringer, nr.", "Entries, no."),
    )
    rows = [
        (
            ((str(one.number),),),
            ((one.what,),),
            ((_value(m, one.value),),),
            ((number(one.count, m.language),),),
            ((trail_of(one, m.language),),),
        )
        for one in trail
    ]
    return [title, Paragraph((said,)), table(m, title.text, header, rows, (0, 2.6, 1, 0, 3.2))]


def _value(m: Material, value: str) -> str:
    return number(value, m.language)


def _sources(m: Material) -> list[Block]:
    t = m.t
    title = Heading(t("Kilder", "Sources"))
    cited: dict[str, list[Envelope]] = defaultdict(list)
    for event in m.events:
        for key in (event.citation or "").split(";"):
            if key.strip():
                cited[key.strip()].append(event)
    if not cited:
        return [
            title,
            absent(
                m,
                "registreringerne henviser ikke til kilder uden for logbogen.",
                "the entries name no sources outside the log.",
            ),
        ]
    keys = sorted(cited, key=lambda key: (not KEY.fullmatch(key), len(key) if KEY.fullmatch(key) else 0, key))
    known = knabstrup.sources() if m.process in CASES else {}
    header = (
        t("Kilde", "Source"),
        t("Hvad det er", "What it is"),
        t("Dato", "Date"),
        t("Registreringer, nr.", "Entries, no."),
    )
    rows = [(((key,),), *_source(m, known.get(key)), places_of(cited[key])) for key in keys]
    return [title, table(m, title.text, header, rows, (0, 3.6, 0.9, 2.0))]


def _source(m: Material, source: knabstrup.Source | None) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    if source is None:
        return m.cell(), m.cell()
    kind = source.kind_da if m.language == "da" else source.kind
    return ((f"{source.publisher}, {kind}",), (source.url,)), m.cell(_page_date(m, source.page_date))


def _page_date(m: Material, found: str | None) -> str | None:
    """Return the date a page carries: a day, a month or a year, as it gives it."""
    if found is None or len(found) < len("2019-05"):
        return found
    return day(found, m.language) if len(found) == len("2019-05-24") else month(f"{found}-01", m.language)


def _verification(m: Material) -> list[Block]:
    t = m.t
    known = day(m.clocks.known_at, m.language) if m.clocks.known_at else t("dato ikke registreret", "date not recorded")
    total = entries(len(m.stored), m.language)
    scope = t(
        f"Rapporten bygger på logbogen for forløbet “{m.process}” til og med nr. {m.clocks.position}: {total} i alt,"
        f" kendt til og med {known}. Datoen er den sidste registrerings, ikke dagen, rapporten blev skrevet ud.",
        f"The report rests on the log of the process “{m.process}” up to no. {m.clocks.position}: {total} in all, known"
        f" by {known}. The date is that of the last entry, not the day the report was printed.",
    )
    again = t(
        "Den kan skrives ud igen: samme position, sprog og læser giver den samme fil, byte for byte. Fingeraftrykket på side 1"
        " er SHA-256 af rapporten som JSON på samme position, skrevet med samme adgang.",
        "It can be printed again: the same position, language and reader give the same file, byte for byte. The fingerprint on"
        " page 1 is the SHA-256 of the report as JSON at the same position, written with the same access.",
    )
    limits = t(
        "Rapporten er en udskrift og er ikke udstedt. Der er endnu ingen, der uden adgang til logbogen kan kontrollere, at den er"
        " uændret, og fingeraftrykket viser ikke, at indholdet er sandt.",
        "The report is a print-out and has not been issued. Nobody without access to the log can yet verify that it is"
        " unchanged, and the fingerprint does not show that what it says is true.",
    )
    return [Heading(t("Verifikation", "Verification")), *(Paragraph((said,)) for said in (scope, again, limits))]
