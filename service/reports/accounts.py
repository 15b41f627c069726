"""Money and hours: the last approved budget beside what was spent, the hours, and what others paid."""

from __future__ import annotations

from domain.organising import BudgetApproved, CoFinancingReceived, ExpenditureRecorded, HoursLogged, Labour
from service.reports.content import Block, Heading, Line, Paragraph
from service.reports.material import Material, Node
from service.reports.opening import amount, instalments
from service.reports.sentences import grant_amount
from service.reports.tables import absent, table
from service.words import capitalised, label, money

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


def _budget(m: Material) -> list[Block]:
    t, found = m.t, m.answers["budget"]
    title = Heading(t("Budget og regnskab", "Budget and accounts"))
    if not found["lines"]:
        said = (
            "hverken et godkendt budget eller udgifter står i logbogen. Det betyder ikke, at der ingen var.",
            "neither an approved budget nor expenditure is in the log. It does not mean that there was none.",
        )
        return [title, absent(m, *said, BudgetApproved, ExpenditureRecorded)]
    header = (
        t("Post", "Line"),
        t("Godkendt budget", "Approved budget"),
        t("Brugt", "Spent"),
        t("Rest", "Left"),
    )
    rows = [_row(m, one, str(one["title"] or one["id"] or "")) for one in found["lines"]]
    rows.append(_row(m, found["total"], t("I alt", "In all")))
    return [title, table(m, title.text, header, rows, (2, 2, 2, 1.4), _compared(m, found)), *_off(m, found)]


def _compared(m: Material, found: Node) -> str | None:
    if not found["version"]:
        return None
    return m.t(
        f"Sammenlignet med budgettets version {found['version']}.",
        f"Compared with version {found['version']} of the budget.",
    )


def _row(m: Material, one: Node, name: str) -> list[Cell]:
    def cell(key: str, what: str, *types: type) -> Cell:
        return ((amount(m, one[key], f"{what}: {name}", *types),),)

    t, left = m.t, one["rest"]
    return [
        m.cell(name),
        cell("budget", t("Budget", "Budget"), BudgetApproved),
        cell("paid", t("Brugt", "Spent"), ExpenditureRecorded),
        m.cell(money(left["value"], m.language) if left else None),
    ]


def _off(m: Material, found: Node) -> list[Block]:
    """Say which lines are more than 10 % off, for these want an explanation."""
    t = m.t
    words = {"over": t("over", "over"), "under": t("under", "under")}
    off = [f"{one['title']} ({one['percent'] or 0} %)" for one in found["lines"] if one["off"] in words]
    if not off:
        return []
    said = t("Poster, der er mere end 10 % fra budgettet: ", "Lines more than 10% off the budget: ")
    return [Paragraph((said + "; ".join(off) + ".",))]


# ------------------------------------------------------------------ hours
def _hours(m: Material) -> list[Block]:
    t, found = m.t, m.answers["budget"]["hours"]
    title = Heading(t("Timer", "Hours"))
    if not found["total"]:
        return [title, absent(m, "ingen har skrevet timer ned.", "nobody has noted hours.", HoursLogged)]
    header = (t("Slags", "Kind"), t("Timer", "Hours"))
    rows = [
        _hours_row(m, label(labour.value, m.language), found[labour.value]) for labour in Labour if found[labour.value]
    ]
    rows.append(_hours_row(m, t("i alt", "in all"), found["total"]))
    return [title, table(m, title.text, header, rows, (2, 3))]


def _hours_row(m: Material, name: str, found: Node) -> list[Cell]:
    return [m.cell(capitalised(name)), ((m.figure("budget", found, m.t("Timer ", "Hours ") + name),),)]


# ------------------------------------------------------------------ co-financing
def _co_financing(m: Material) -> list[Block]:
    t, found = m.t, m.answers["budget"]
    title = Heading(t("Medfinansiering", "Co-financing"))
    if not any(one["paid"] for one in found["sources"]):
        said = ("logbogen har ingen medfinansiering.", "the log has no co-financing.")
        return [title, absent(m, *said, CoFinancingReceived)]
    header = (t("Kilde", "Source"), t("Budget", "Budget"), t("Modtaget", "Received"))
    rows = [_source_row(m, one, str(one["title"] or one["id"] or "")) for one in found["sources"]]
    rows.append(_source_row(m, found["sources_total"], t("I alt", "In all")))
    return [title, table(m, title.text, header, rows, (2, 2, 3))]


def _source_row(m: Material, one: Node, name: str) -> list[Cell]:
    what = m.t("Medfinansiering", "Co-financing")
    planned = m.t("Budgetteret medfinansiering", "Budgeted co-financing")
    return [
        m.cell(name),
        ((amount(m, one["budget"], f"{planned}: {name}", BudgetApproved),),),
        ((amount(m, one["paid"], f"{what}: {name}", CoFinancingReceived),),),
    ]
