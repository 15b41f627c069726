"""How the report was made, what it cannot carry, and the appendix: control trail, sources, verification."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from domain.correcting import EventCorrected, EventWithdrawn
from domain.kernel import Envelope
from domain.vocabulary import TimePrecision
from service.cases import CASES, knabstrup
from service.reports.content import Block, Heading, Line, Paragraph, Tally, ranges
from service.reports.material import Material, corrections
from service.reports.tables import absent, places_of, table
from service.words import day, number

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
        "Tal for roller med færre end fem personer vises ikke, og heller ikke tal, som de kunne regnes ud af.",
        "Numbers of roles with fewer than five persons are not shown, nor numbers from which they could be worked out.",
    )
    lines: list[Line] = [(told,), (cause,), _dates(m), _silences(m), _mended(m), _stated(m), (small,), _unofficial(m)]
    notes: list[Line] = [(t(*note),) for note in dict.fromkeys(m.notes)]
    return [Paragraph(line) for line in [*lines, *notes] if line]


def _unofficial(m: Material) -> Line:
    return (
        m.t(
            "Skabelonen følger de punkter, Landdistriktspuljen plejer at bede om. Den er ikke udgivet eller godkendt af puljen.",
            "The template follows the points the fund usually asks for. It is neither published nor approved by the fund.",
        ),
    )


def _part(m: Material, events: list[Envelope], what: tuple[str, str], tail: tuple[str, str]) -> Line:
    if not events:
        return ()
    every = m.count(m.events, m.t("Registreringer i rapporten", "Entries in the report"))
    return (m.t("Af ", "Of "), every, ": ", m.count(events, m.t(*what)), m.t(*tail))


def _dates(m: Material) -> Line:
    vague = [event for event in m.events if event.timeprecision not in {TimePrecision.INSTANT, TimePrecision.DAY}]
    tail = (
        " er kun kendt på måned, år eller periode. De står med det, der er kendt, aldrig med en opfundet dag.",
        " are known only by month, year or span. They stand with what is known, never with an invented day.",
    )
    return _part(m, vague, ("Registreringer uden en kendt dag", "Entries without a known day"), tail)


def _silences(m: Material) -> Line:
    silent = [event for event in m.events if event.notrecorded]
    tail = (
        " har mindst ét felt, som kilden ikke oplyser; grunden står ved feltet.",
        " have at least one field the source leaves out; the reason stands with the field.",
    )
    return _part(m, silent, ("Registreringer, hvor kilden tier om et felt", "Entries with a field the source leaves out"), tail)


def _stated(m: Material) -> Line:
    stated = [event for event in m.events if event.learnedat]
    tail = (
        " har et tidspunkt, kilden siger, at det var kendt. Det er angivet, ikke bevist.",
        " carry a time at which the source says it was known. That is stated, not proven.",
    )
    return _part(m, stated, ("Registreringer med angivet kendt", "Entries stated as known"), tail)


def _mended(m: Material) -> Line:
    t, found = m.t, corrections(m.stored)
    if not found:
        return (t("Ingen registreringer er rettet eller trukket tilbage.", "No entries were corrected or withdrawn."),)
    mended = [event for event in found if isinstance(event.data, EventCorrected)]
    gone = [event for event in found if isinstance(event.data, EventWithdrawn)]
    runs: list[Line] = []
    if mended:
        runs.append((t("Rettelser: ", "Corrections: "), m.count(mended, t("Rettelser", "Corrections")), ". "))
    if gone:
        runs.append((t("Trukket tilbage: ", "Withdrawn: "), m.count(gone, t("Trukket tilbage", "Withdrawn")), ". "))
    tail = t("Intet slettes; rettelsen står ved siden af det, den retter.", "Nothing is deleted; a correction stands beside what it corrects.")
    return (*(run for line in runs for run in line), tail)


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
    header = (t("Spor", "Trail"), t("Tal", "Figure"), t("Værdi", "Value"), t("Antal", "Count"), t("Registreringer, nr.", "Entries, no."))
    rows = [
        (
            ((str(one.number),),),
            ((one.what,),),
            ((_value(m, one.value),),),
            ((number(len(one.positions), m.language),),),
            ((ranges(one.positions),),),
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
        return [title, absent(m, "registreringerne henviser ikke til kilder uden for logbogen.", "the entries name no sources outside the log.")]
    keys = sorted(cited, key=lambda key: (not KEY.fullmatch(key), len(key) if KEY.fullmatch(key) else 0, key))
    known = knabstrup.sources() if m.process in CASES else {}
    header = (t("Kilde", "Source"), t("Hvad det er", "What it is"), t("Dato", "Date"), t("Registreringer, nr.", "Entries, no."))
    rows = [(((key,),), *_source(m, known.get(key)), places_of(cited[key])) for key in keys]
    return [title, table(m, title.text, header, rows, (0, 3.6, 0.9, 2.0))]


def _source(m: Material, source: knabstrup.Source | None) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    if source is None:
        return m.cell(), m.cell()
    kind = source.kind_da if m.language == "da" else source.kind
    return ((f"{source.publisher}, {kind}",), (source.url,)), m.cell(source.page_date)


def _verification(m: Material) -> list[Block]:
    t = m.t
    known = day(m.clocks.known_at, m.language) if m.clocks.known_at else t("dato ikke registreret", "date not recorded")
    total = number(len(m.stored), m.language)
    scope = t(
        f"Rapporten bygger på logbogen for forløbet “{m.process}” til og med nr. {m.clocks.position}: {total} registreringer i alt,"
        f" kendt til og med {known}. Datoen er den sidste registrerings, ikke dagen, rapporten blev skrevet ud.",
        f"The report rests on the log of the process “{m.process}” up to no. {m.clocks.position}: {total} entries in all, known"
        f" by {known}. The date is that of the last entry, not the day the report was printed.",
    )
    again = t(
        "Den kan skrives ud igen: samme position, sprog og læser giver den samme fil, byte for byte. Fingeraftrykket på side 1"
        " er SHA-256 af rapporten som JSON på samme position, skrevet med samme adgang.",
        "It can be printed again: the same position, language and reader give the same file, byte for byte. The fingerprint on"
        " page 1 is the SHA-256 of the report as JSON at the same position, written with the same access.",
    )
    limits = t(
        "Rapporten er et udskrift og er ikke udstedt. Der er endnu ingen, der uden adgang til logbogen kan kontrollere, at den er"
        " uændret, og fingeraftrykket viser ikke, at indholdet er sandt.",
        "The report is a print-out and has not been issued. Nobody without access to the log can yet verify that it is"
        " unchanged, and the fingerprint does not show that what it says is true.",
    )
    return [Heading(t("Verifikation", "Verification")), *(Paragraph((said,)) for said in (scope, again, limits))]
