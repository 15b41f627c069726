"""Money and hours: the last approved budget beside what was spent, the hours, and what others paid."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from domain.kernel import Envelope
from domain.organising import BudgetApproved, BudgetLine, CoFinancingReceived, ExpenditureRecorded, HoursLogged, Labour
from service.reports.content import Block, Heading, Line, Paragraph, Run, Unrecorded
from service.reports.material import Material
from service.reports.opening import instalments
from service.reports.sentences import grant_amount
from service.reports.tables import absent, table
from service.words import capitalised, label, money, number

Cell = tuple[Line, ...]


def accounts(m: Material) -> list[Block]:
    """Return the grant, the budget against the accounts, the hours and the co-financing."""
    t = m.t
    opening: Line = (
        t("Tilsagn: ", "Grant: "),
        grant_amount(m),
        t(". Rater modtaget: ", ". Instalments received: "),
        instalments(m),
        ".",
    )
    return [Paragraph(opening), *_budget(m), *_hours(m), *_co_financing(m)]


def last_budget(m: Material) -> Envelope | None:
    """Return the budget that was approved last: accounts are compared with it."""
    found = m.of(BudgetApproved)
    return max(found, key=lambda event: (event.data.version or 0, event.position)) if found else None


def _budget(m: Material) -> list[Block]:
    t, budget, spent = m.t, last_budget(m), m.of(ExpenditureRecorded)
    title = Heading(t("Budget og regnskab", "Budget and accounts"))
    if budget is None and not spent:
        said = (
            "hverken et godkendt budget eller udgifter står i logbogen. Det betyder ikke, at der ingen var.",
            "neither an approved budget nor expenditure is in the log. It does not mean that there was none.",
        )
        return [title, absent(m, *said, BudgetApproved, ExpenditureRecorded)]
    header = (
        t("Post", "Line"),
        t("Godkendt budget", "Approved budget"),
        t("Brugt", "Spent"),
        t("Forskel", "Difference"),
    )
    lines = budget.data.lines if budget and budget.data.lines else ()
    rows = [_budget_row(m, budget, line, [one for one in spent if one.data.line_id == line.id]) for line in lines]
    known = {line.id for line in lines}
    loose = sorted({one.data.line_id for one in spent} - known)
    rows += [_loose_row(m, ref, [one for one in spent if one.data.line_id == ref]) for ref in loose]
    rows.append(_sum_row(m, budget, lines, spent))
    version = (
        t(
            f"Sammenlignet med budgettets version {budget.data.version}.",
            f"Compared with version {budget.data.version} of the budget.",
        )
        if budget and budget.data.version
        else None
    )
    return [title, table(m, title.text, header, rows, (2, 2, 2, 1.4), version)]


def _worth(events: Iterable[Envelope]) -> Decimal | None:
    """Return the sum of the amounts; None when one of them is not recorded, for then the sum is not known either."""
    amounts = [event.data.amount_dkk for event in events]
    return sum(amounts, Decimal(0)) if amounts and all(isinstance(one, Decimal) for one in amounts) else None


def _amount(m: Material, worth: Decimal | None, events: Iterable[Envelope], what: str) -> Run:
    held = list(events)
    if worth is None or not held:
        return m.run({"notshown": True}) if m.hidden(*{type(one.data) for one in held}) else Unrecorded()
    return m.total(worth, held, what, money(worth, m.language))


def _budget_row(m: Material, budget: Envelope | None, line: BudgetLine, spent: list[Envelope]) -> list[Cell]:
    planned = _amount(m, line.amount_dkk, [budget] if budget else [], m.t("Budget: ", "Budget: ") + line.title)
    used = _worth(spent)
    left = money(line.amount_dkk - used, m.language) if used is not None else None
    return [
        m.cell(line.title),
        ((planned,),),
        ((_amount(m, used, spent, m.t("Brugt: ", "Spent: ") + line.title),),),
        m.cell(left),
    ]


def _loose_row(m: Material, ref: str, spent: list[Envelope]) -> list[Cell]:
    return [m.cell(ref), m.cell(), ((_amount(m, _worth(spent), spent, m.t("Brugt: ", "Spent: ") + ref),),), m.cell()]


def _sum_row(m: Material, budget: Envelope | None, lines: tuple[BudgetLine, ...], spent: list[Envelope]) -> list[Cell]:
    planned = sum((line.amount_dkk for line in lines), Decimal(0)) if lines else None
    used = _worth(spent)
    left = money(planned - used, m.language) if planned is not None and used is not None else None
    t = m.t
    return [
        m.cell(t("I alt", "In all")),
        ((_amount(m, planned, [budget] if budget else [], t("Budget i alt, kr.", "Budget in all, DKK")),),),
        ((_amount(m, used, spent, t("Brugt i alt, kr.", "Spent in all, DKK")),),),
        m.cell(left),
    ]


# ------------------------------------------------------------------ hours
def _hours(m: Material) -> list[Block]:
    t = m.t
    events = [event for event in m.of(HoursLogged) if isinstance(event.data.hours, Decimal)]
    title = Heading(t("Timer", "Hours"))
    if not events:
        return [title, absent(m, "ingen har skrevet timer ned.", "nobody has noted hours.", HoursLogged)]
    header = (t("Slags", "Kind"), t("Timer", "Hours"))
    kinds = [labour for labour in Labour if any(event.data.labour is labour for event in events)]
    rows = [
        _hours_row(m, label(labour.value, m.language), [one for one in events if one.data.labour is labour])
        for labour in kinds
    ]
    rows.append(_hours_row(m, t("i alt", "in all"), events))
    return [title, table(m, title.text, header, rows, (2, 3))]


def _hours_row(m: Material, name: str, events: list[Envelope]) -> list[Cell]:
    worth = sum((event.data.hours for event in events), Decimal(0))
    figure = m.total(worth, events, m.t("Timer ", "Hours ") + name, number(worth, m.language))
    return [m.cell(capitalised(name)), ((figure,),)]


# ------------------------------------------------------------------ co-financing
def _co_financing(m: Material) -> list[Block]:
    t, events = m.t, m.of(CoFinancingReceived)
    title = Heading(t("Medfinansiering", "Co-financing"))
    if not events:
        said = ("logbogen har ingen medfinansiering.", "the log has no co-financing.")
        return [title, absent(m, *said, CoFinancingReceived)]
    budget = last_budget(m)
    names = {line.id: line.title for line in (budget.data.sources if budget else ()) or ()}
    header = (t("Kilde", "Source"), t("Modtaget", "Received"))
    rows: list[list[Cell]] = []
    for ref in sorted({event.data.source_id for event in events}):
        held, name = [event for event in events if event.data.source_id == ref], names.get(ref, ref)
        rows.append(
            [m.cell(name), ((_amount(m, _worth(held), held, t("Medfinansiering: ", "Co-financing: ") + name),),)]
        )
    rows.append(
        [
            m.cell(t("I alt", "In all")),
            ((_amount(m, _worth(events), events, t("Medfinansiering i alt, kr.", "Co-financing in all, DKK")),),),
        ]
    )
    return [title, table(m, title.text, header, rows, (2, 3))]
