"""Budget: the last approved budget line by line against what was spent, the grant, what others paid, and the hours.

Amounts stay exact: decimals are summed as decimals, and given as strings. A sum in which one amount is not recorded is
not known either. Expenditure lies at the team's depth. Whoever sees less may miss vouchers, so nothing is compared for
them: no rest, no share, no flag.

The grant is a source like the others when the budget names it as one (`GRANT`): the instalments are what it paid.

A line is flagged when it is more than 10 % off. Over is a flag at once; under is one only when the period of the grant
(without one, of the process) is over, since until then the money may still be spent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from domain.belonging import RoleAssumed, RoleEnded
from domain.organising import (
    BudgetApproved,
    CoFinancingReceived,
    ExpenditureRecorded,
    GrantAwarded,
    GrantChangeApproved,
    GrantChangeRefused,
    GrantChangeRequested,
    HoursLogged,
    InstalmentReceived,
    Labour,
    ProcessRegistered,
)
from domain.shapes import json_able
from domain.timing import end_of_day, start_of_day
from domain.vocabulary import Visibility
from projections.kernel import (
    DEPTH,
    Answer,
    Figure,
    Projection,
    Request,
    State,
    counted,
    figure,
    of_kind,
    ref_in,
    seen,
    value,
    when,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope

TOLERANCE: Final = Decimal("0.10")
"""A line may be so much off, as a share of its budget, before it is flagged."""

GRANT: Final = ("tilskud", "tilsagn", "grant")
"""The ids by which a budget names the grant among its sources."""

budget = Projection(
    name="budget",
    version=1,
    da="Budget, og hvad der er brugt",
    en="Budget, and what was spent",
    rows="lines",
    breakdowns=("line", "source", "month"),
)


# ------------------------------------------------------------------ folds
@budget.on(ProcessRegistered)
def process(state: State, event: Envelope) -> State:
    """Know when the process ends."""
    return seen({**state, "end": value(event, "period_end")}, event)


@budget.on(GrantAwarded)
def awarded(state: State, event: Envelope) -> State:
    """A fund promised money; the last promise stands."""
    names = ("funder", "scheme", "case_number", "amount_dkk", "period", "report_due", "instalments")
    fields = {name: value(event, name) for name in names}
    return seen({**state, **fields, "when": when(event), "awarded": [event.position]}, event)


@budget.on(InstalmentReceived)
def instalment(state: State, event: Envelope) -> State:
    """A part of the grant was paid out."""
    one = {name: value(event, name) for name in ("title", "amount_dkk", "received_on")}
    return seen({**state, "received": [*state.get("received", []), {**one, "events": [event.position]}]}, event)


@budget.on(BudgetApproved)
def approved(state: State, event: Envelope) -> State:
    """A budget was approved; all versions are kept."""
    one = {name: value(event, name) for name in ("version", "lines", "sources")}
    kept = [*state.get("versions", []), {**one, "when": when(event), "events": [event.position]}]
    return seen({**state, "versions": kept}, event)


@budget.on(GrantChangeRequested)
def requested(state: State, event: Envelope) -> State:
    """The fund was asked to accept a change."""
    fields = {name: value(event, name) for name in ("what", "reason", "budget_version")}
    return seen({"status": "requested", **state, **fields, "when": when(event)}, event)


@budget.on(GrantChangeApproved, GrantChangeRefused)
def settled(state: State, event: Envelope) -> State:
    """The fund answered."""
    status = "approved" if isinstance(event.data, GrantChangeApproved) else "refused"
    version = value(event, "budget_version") or state.get("budget_version")
    return seen({**state, "status": status, "budget_version": version, "settled": when(event)}, event)


@budget.on(ExpenditureRecorded)
def expenditure(state: State, event: Envelope) -> State:
    """Money was spent."""
    names = ("line_id", "amount_dkk", "voucher", "paid_on", "supplier", "note")
    return seen({**state, **{name: value(event, name) for name in names}, "when": when(event)}, event)


@budget.on(CoFinancingReceived)
def co_financing(state: State, event: Envelope) -> State:
    """Somebody else paid."""
    fields = {name: value(event, name) for name in ("source_id", "amount_dkk")}
    return seen({**state, **fields, "when": when(event)}, event)


@budget.on(HoursLogged)
def hours(state: State, event: Envelope) -> State:
    """Hours were spent; the role is the one given, else the one the entry was made in."""
    fields = {name: value(event, name) for name in ("hours", "labour", "participant_id", "rate_basis")}
    role = value(event, "role") or json_able(event.actingrole)
    return seen({**state, **fields, "role": role, "when": when(event)}, event)


@budget.on(RoleAssumed, RoleEnded)
def role(state: State, event: Envelope) -> State:
    """Know who had which role when, for hours that name a person only."""
    one = {"role": value(event, "role"), "at": json_able(event.time), "begins": isinstance(event.data, RoleAssumed)}
    first = event.data.from_ if isinstance(event.data, RoleAssumed) else None
    if isinstance(first, dt.date):
        one["at"] = json_able(start_of_day(first))
    return seen({**state, "roles": [*state.get("roles", []), one]}, event)


# ------------------------------------------------------------------ the answer
@budget.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Set the last approved budget against what was spent, and the promises against what came in."""
    kinds = {
        kind: of_kind(states, kind)
        for kind in ("expenditure-recorded", "co-financing-received", "hours-logged", "change", "participant")
    }
    vouchers, paid = kinds["expenditure-recorded"], kinds["co-financing-received"]
    grant = next(iter(of_kind(states, "grant").values()), None)
    versions = _versions(next(iter(of_kind(states, "budget").values()), {}))
    last = versions[-1] if versions else {}
    compared = request.depth >= DEPTH[Visibility.TEAM]
    over = _period_over(grant, next(iter(of_kind(states, "process").values()), {}), request)
    against = _Comparison(versions, compared=compared, over=over)
    lines = against.rows("line", "lines", vouchers.values(), "line_id")
    income = [*paid.values(), *_from_grant(grant, last)]
    data: dict[str, Any] = {
        "version": last.get("version"),
        "compared": compared,
        "period_over": over,
        "grant": _grant(grant) if grant else None,
        "lines": lines,
        "total": against.total("line", "lines", vouchers.values()),
        "flagged": _flagged(lines, vouchers, last),
        "off_budget": counted("off-budget", _held(vouchers.values(), "line_id", _loose(lines))),
        "without_voucher": counted("without-voucher", [s for s in vouchers.values() if not ref_in(s, "voucher")]),
        "vouchers": [_listed("voucher", ref, state) for ref, state in vouchers.items()],
        "sources": against.rows("source", "sources", income, "source_id"),
        "sources_total": against.total("source", "sources", income),
        "hours": _hours(kinds["hours-logged"], kinds["participant"]),
        "months": _months(vouchers.values()),
        "versions": [_version(one) for one in versions],
        "changes": [_listed("change", ref, state) for ref, state in kinds["change"].items()],
    }
    if request.by in budget.breakdowns:
        data["by"] = data[f"{request.by}s"]
    return Answer(data, _notes(lines, compared=compared, over=over))


def _versions(state: State) -> list[State]:
    """Return the approved budgets, the one accounts are compared with last: the highest version."""
    found = state.get("versions", [])
    return sorted(found, key=lambda one: (one["version"] if isinstance(one["version"], int) else 0, one["events"]))


def _from_grant(grant: State | None, last: State) -> list[State]:
    """Return the instalments as paid by the source that is the grant, if the budget has one."""
    ref = next((one["id"] for one in _lines(last, "sources") if one["id"].casefold() in GRANT), None)
    return [{**one, "source_id": ref} for one in (grant or {}).get("received", [])] if ref else []


def _period_over(grant: State | None, process: State, request: Request) -> bool:
    period = (grant or {}).get("period")
    end = period.get("end") if isinstance(period, dict) else None
    end = end or process.get("end")
    return isinstance(end, str) and request.at is not None and end_of_day(dt.date.fromisoformat(end)) < request.at


class _Comparison:
    """What was approved beside what was paid, for lines of costs and for sources of income alike."""

    def __init__(self, versions: list[State], *, compared: bool, over: bool) -> None:
        self.versions = versions
        self.compared = compared
        self.over = over

    def rows(self, key: str, name: str, paid: Iterable[State], ref: str) -> list[State]:
        """Return a row for each line of the last budget, then for what was paid on none of them."""
        held, last = list(paid), self.versions[-1] if self.versions else {}
        planned = _lines(last, name)
        titles = {one["id"]: one["title"] for version in self.versions for one in _lines(version, name)}
        loose = sorted({str(ref_in(s, ref) or "") for s in held} - {one["id"] for one in planned})
        rows = [self._row(key, one, last, [s for s in held if s.get(ref) == one["id"]]) for one in planned]
        for found in loose:
            one = {"id": found or None, "title": titles.get(found, found or None), "amount_dkk": None}
            rows.append(self._row(key, one, {}, [s for s in held if (ref_in(s, ref) or "") == found]))
        return rows

    def total(self, key: str, name: str, paid: Iterable[State]) -> State:
        """Return the sum of all rows."""
        last = self.versions[-1] if self.versions else {}
        planned = _lines(last, name)
        one = {"id": "total", "title": None, "amount_dkk": _sum(planned)}
        return self._row(f"{key}-total", one, last, list(paid))

    def _row(self, key: str, one: State, version: State, paid: list[State]) -> State:
        place = f"{key}:{one['id']}"
        planned, spent = _decimal(one["amount_dkk"]), _decimal(_sum(paid))
        known = self.compared and planned is not None and (spent is not None or not paid)
        used = spent or Decimal(0)
        return {
            "id": one["id"],
            "title": one["title"],
            "budget": figure(f"budget-{place}", str(planned), [version], 1) if planned is not None else None,
            "paid": figure(f"paid-{place}", _sum(paid), paid) if paid else None,
            "rest": figure(f"rest-{place}", str(planned - used), [version, *paid])
            if known and planned is not None
            else None,
            "percent": _percent(used, planned) if known and planned and paid else None,
            "off": self._off(planned, used, known=known) if planned is not None else "unplanned" if paid else None,
        }

    def _off(self, planned: Decimal, used: Decimal, *, known: bool) -> str | None:
        """Return how a line is more than 10 % off: ``over``, ``under``, or not."""
        if not known:
            return None
        if used > planned * (1 + TOLERANCE):
            return "over"
        return "under" if self.over and used < planned * (1 - TOLERANCE) else None


def _lines(version: State, name: str) -> list[State]:
    found = version.get(name)
    return found if isinstance(found, list) else []


def _decimal(found: object) -> Decimal | None:
    return Decimal(found) if isinstance(found, str) else None


def _sum(states: Iterable[State], name: str = "amount_dkk") -> str | None:
    """Return an exact sum; None without parts, or when one of them is not recorded."""
    amounts = [_decimal(state.get(name)) for state in states]
    known = [amount for amount in amounts if amount is not None]
    return format(sum(known, Decimal(0)), "f") if amounts and len(known) == len(amounts) else None


def _percent(part: Decimal, whole: Decimal) -> str:
    return str((100 * part / whole).quantize(Decimal(1), ROUND_HALF_UP))


def _loose(lines: Iterable[State]) -> set[str | None]:
    return {line["id"] for line in lines if line["budget"] is None}


def _held(states: Iterable[State], name: str, refs: set[str | None]) -> list[State]:
    return [state for state in states if ref_in(state, name) in refs]


def _flagged(lines: list[State], vouchers: Mapping[str, State], last: State) -> Figure:
    """Return how many lines are more than 10 % off, resting on the budget and their vouchers."""
    off = {line["id"] for line in lines if line["off"] in {"over", "under"}}
    return figure("flagged", len(off), [last, *_held(vouchers.values(), "line_id", off)] if off else [], len(off))


# ------------------------------------------------------------------ grant, hours, versions
def _grant(state: State) -> State:
    received = state.get("received", [])
    names = ("funder", "scheme", "case_number", "report_due", "period", "when")
    promised = state.get("instalments")
    return {
        **{name: state.get(name) for name in names},
        "amount": figure("grant", state.get("amount_dkk"), [{"events": state.get("awarded", [])}]),
        "received": figure("instalments", _sum(received), received) if received else None,
        "instalments": [
            {**_but_events(one), "entries": counted(f"instalment:{at}", [one])} for at, one in enumerate(received, 1)
        ],
        "promised": promised if isinstance(promised, list) else [],
    }


def _hours(logged: Mapping[str, State], people: Mapping[str, State]) -> State:
    """Return the hours by role, paid and given apart; hours that are not recorded are counted beside."""
    held = [{**state, "role": _role_of(state, people)} for state in logged.values()]
    known = [state for state in held if isinstance(state.get("hours"), str)]
    roles = sorted({str(state["role"] or "") for state in known})
    labours = {labour.value: [s for s in known if s.get("labour") == labour.value] for labour in Labour}
    return {
        "total": _hours_sum("hours", known),
        "unknown": counted("hours-unknown", [state for state in held if state not in known]),
        **{name: _hours_sum(f"hours:{name}", held) for name, held in labours.items()},
        "by_role": [_hours_of(one or None, [s for s in known if str(s["role"] or "") == one]) for one in roles],
    }


def _hours_sum(key: str, held: list[State]) -> Figure | None:
    total = _decimal(_sum(held, "hours"))
    return figure(key, format(total.normalize(), "f"), held) if total is not None else None


def _hours_of(name: str | None, held: list[State]) -> State:
    def part(labour: Labour) -> Figure | None:
        found = [state for state in held if state.get("labour") == labour.value]
        return _hours_sum(f"hours:{name}:{labour.value}", found)

    return {"role": name, **{labour.value: part(labour) for labour in Labour}}


def _role_of(state: State, people: Mapping[str, State]) -> str | None:
    """Return the role hours were spent in: the one given, else the one role the participant had then, if one only."""
    if found := ref_in(state, "role"):
        return found
    at, active = (state.get("when") or {}).get("time"), set[str | None]()
    for one in people.get(str(ref_in(state, "participant_id")), {}).get("roles", []):
        if at and _moment(one["at"]) <= _moment(at):
            (active.add if one["begins"] else active.discard)(ref_in(one, "role"))  # None: the source is silent
    return active.pop() if len(active) == 1 else None


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _version(one: State) -> State:
    known = one["version"] if isinstance(one["version"], int) else f"entry-{one['events'][0]}"  # the source is silent
    place = f"version:{known}"
    return {
        "version": one["version"],
        "when": one["when"],
        "total": figure(place, _sum(_lines(one, "lines")), [one], 1),
        "entries": counted(f"{place}:entries", [one]),
    }


def _listed(key: str, ref: str, state: State) -> State:
    return {"id": ref, **_but_events(state), "entries": counted(f"{key}:{ref}", [state])}


def _but_events(state: State) -> State:
    return {name: item for name, item in state.items() if name != "events"}


def _months(vouchers: Iterable[State]) -> list[State]:
    """Return what was paid month by month, by the day of payment; unknown days last."""
    held: dict[str, list[State]] = {}
    for state in vouchers:
        held.setdefault((ref_in(state, "paid_on") or "")[:7], []).append(state)
    return [
        {"month": month or None, "paid": figure(f"paid-month:{month}", _sum(held[month]), held[month])}
        for month in sorted(held, key=lambda month: (not month, month))
    ]


NOT_COMPARED: Final = (
    "Udgifter ses af dem, der kører forløbet. Her er kun talt det med, du må se, og intet er sammenlignet.",
    "Expenditure is seen by those who run the process. Only what you may see is counted, and nothing is compared.",
)
STILL_RUNS: Final = (
    "Perioden løber endnu. En post bemærkes straks, når den er mere end 10 % over, og under først efter perioden.",
    "The period still runs. A line is noted at once when it is more than 10% over, and under only after the period.",
)


def _notes(lines: list[State], *, compared: bool, over: bool) -> tuple[tuple[str, str], ...]:
    if not compared:
        return (NOT_COMPARED,)
    return (STILL_RUNS,) if lines and not over else ()
