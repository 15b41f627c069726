"""Coding: what passages of texts are about, who has read what, where coders differ, and how far they agree.

Coders agree or differ about texts: whether a code is somewhere in this contribution, or this step of a reflection. What
counts for their agreement is what each found alone, as it stood when that coder was done. What is retracted, added or
settled later changes what stands of a text, never the agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from domain.belonging import ParticipantRegistered
from projections.coded import CODED_EVENTS, TEXTS, By, Coded, Unit, coded, place_of, unit_of
from projections.kernel import Answer, Projection, Request, State, counted, figure, of_kind, value
from projections.measures.agreement import (
    Agreement,
    cohen_kappa,
    interval_of_alpha,
    interval_of_kappa,
    krippendorff_alpha,
)
from projections.measures.intervals import Interval

if TYPE_CHECKING:
    from domain.kernel import Envelope

coding = Projection(
    name="coding",
    version=1,
    da="Hvad handler teksterne om, og er de, der læser dem, enige?",
    en="What are the texts about, and do those who read them agree?",
    rows="codings",
    evidence=TEXTS,
)
coding.on(*CODED_EVENTS)(coded)

PAIR: Final = 2
"""So many coders at least make something to compare, and just so many make Cohen's κ."""


@coding.on(ParticipantRegistered)
def registered(state: State, event: Envelope) -> State:
    """Know a participant by a tag, never by name."""
    return {**state, "tag": value(event, "pseudonym")}


# ------------------------------------------------------------------ the answer
@coding.answers
def answer(states: Mapping[str, State], _: Request) -> Answer:
    """List the codebooks, the texts, and every coding of them; say how far coders agree, code by code."""
    found = Coded(states)
    tags = {ref: state.get("tag") for ref, state in of_kind(states, "participant").items()}
    standing = {ref: state for ref, state in found.codings.items() if "retracted" not in state}
    data = {
        "texts": counted("texts", found.entries.values()),
        "coded": counted("coded", standing.values()),
        "retracted": counted("retracted", [found.codings[ref] for ref in found.codings.keys() - standing.keys()]),
        "changed": counted("changed", found.changed.values()),
        "codebooks": [_codebook(found, ref, standing) for ref in found.codebooks],
        "entries": [_entry(state, tags) for state in _by_time(found.entries.values())],
        "codings": [_coding(found, ref, state) for ref, state in {**found.codings, **found.changed}.items()],
        "readings": [_reading(state) for held in found.readings.values() for state in held.values()],
        "differences": differences(found),
        "agreement": [row for ref in found.codebooks for row in _agreement(found, ref)],
    }
    return Answer(data, _notes(found))


def _by_time(entries: Iterable[State]) -> list[State]:
    return sorted(entries, key=lambda one: (str(one["when"].get("time")), one["events"][0]))


def _codebook(found: Coded, ref: str, standing: Mapping[str, State]) -> State:
    versions = []
    for number, version in found.codebooks[ref]["versions"].items():
        by = By(ref, number)
        codes = [_code(by, code, found, standing) for code in found.codes(by)]
        versions.append({"version": number, "when": version["when"], "codes": codes, "entries": _entries(by, version)})
    return {"id": ref, "versions": versions}


def _entries(by: By, version: State) -> Any:
    return counted(f"codebook:{by.codebook}:{by.version}", [version])


def _code(by: By, code: State, found: Coded, standing: Mapping[str, State]) -> State:
    held = [s for ref, s in standing.items() if unit_of(s).by == by and found.code_of(ref) == code["id"]]
    return {**code, "count": counted(f"code:{by.codebook}:{by.version}:{code['id']}", held)}


def _entry(state: State, tags: Mapping[str, Any]) -> State:
    """Return a text with its place in the log and its author's tag; who has read it is told by ``readings``."""
    who = state["participant_id"]
    told = {name: state[name] for name in ("event", "kind", "id", "role", "when")}
    told["parts"] = [{**part, "commitment": (part["text"] or {}).get("$text")} for part in state["parts"]]
    return {
        **told,
        "by": (tags.get(who) or who) if who else None,
        "entries": counted(f"text:{state['event']}", [state]),
    }


def _coding(found: Coded, ref: str, state: State) -> State:
    names = ("codebook_id", "version", "target", "field", "start", "end", "code", "coder", "blind", "when")
    settled = found.settled(ref)
    stands = "changed" if ref in found.changed else "retracted" if "retracted" in state else "coded"
    return {
        "id": ref,
        **{name: state.get(name) for name in names},
        "stands": stands,
        "reason": state.get("reason"),
        "settled": {name: settled.get(name) for name in ("code", "by", "reason", "when")} if settled else None,
        "entries": counted(f"coding:{ref}", [state, *([settled] if settled else [])]),
    }


def _reading(state: State) -> State:
    names = ("codebook_id", "version", "target", "field", "coder", "blind", "when")
    return {name: state.get(name) for name in names}


# ------------------------------------------------------------------ where coders differ
def differences(found: Coded) -> list[State]:
    """Return passages that overlap and are read by different codes, until that is settled; retracted ones are out."""
    told = []
    for unit in found.units:
        made = [
            (ref, s) for ref, s in found.made_in(unit).items() if "retracted" not in s and isinstance(s["end"], int)
        ]
        for held in _overlapping(made):
            codes = sorted({found.code_of(ref) for ref, _ in held})
            if len(codes) > 1 and len({state["coder"] for _, state in held}) > 1:
                told.append(_difference(held, codes))
    return told


def _overlapping(codings: Sequence[tuple[str, State]]) -> list[list[tuple[str, State]]]:
    """Return the codings of one text in groups, each reaching into the next of its group."""
    groups: list[list[tuple[str, State]]] = []
    reached = -1
    for ref, state in sorted(codings, key=lambda one: (_start(one[1]), one[1]["end"])):
        if groups and _start(state) < reached:
            groups[-1].append((ref, state))
        else:
            groups.append([(ref, state)])
            reached = -1
        reached = max(reached, state["end"])
    return groups


def _start(state: State) -> int:
    start = state.get("start")
    return start if isinstance(start, int) else 0


def _difference(held: Sequence[tuple[str, State]], codes: list[str]) -> State:
    where = {name: held[0][1].get(name) for name in ("codebook_id", "version", "target", "field")}
    return {**where, "codings": [ref for ref, _ in held], "codes": codes}


# ------------------------------------------------------------------ how far they agree
def _agreement(found: Coded, ref: str) -> list[State]:
    """Return for each code of each version how far coders agree, over the texts that two or more finished."""
    return [
        _agree(found, By(ref, number), code)
        for number in found.codebooks[ref]["versions"]
        for code in found.codes(By(ref, number))
    ]


def _agree(found: Coded, by: By, code: State) -> State:
    units = {unit: readers for unit, readers in found.readings.items() if unit.by == by and len(readers) >= PAIR}
    alone = [found.alone(unit, code["id"]) for unit in units]
    coders = sorted({coder for one in alone for coder in one})
    states = [state for unit in units for state in (*found.readings[unit].values(), *_of(found, unit, code["id"]))]
    read = [list(one.values()) for one in alone]
    pairs = [(one[coders[0]], one[coders[1]]) for one in alone] if len(coders) == PAIR else None
    alpha, kappa = krippendorff_alpha(read), cohen_kappa(pairs) if pairs is not None else None
    key = f"agreement:{by.codebook}:{by.version}:{code['id']}"
    return {
        "codebook": by.codebook,
        "version": by.version,
        "code": code["id"],
        "title": code["title"],
        "coders": len(coders),
        "n": figure(f"{key}:n", len(units), states, len(units)),
        "blind": sum(all(one.get("blind") is True for one in readers.values()) for readers in units.values()),
        "found": sum(any(one.values()) for one in alone),
        "alike": figure(f"{key}:alike", sum(len(set(one.values())) == 1 for one in alone), states, len(units)),
        "alpha": figure(f"{key}:alpha", alpha.value, states, len(units)),
        "kappa": figure(f"{key}:kappa", kappa.value if kappa else None, states, len(units)),
        "alpha_interval": _told(interval_of_alpha(read)),
        "kappa_interval": _told(interval_of_kappa(pairs or ())),
        "why_no_alpha": _why(alpha),
        "why_no_kappa": _why(kappa) if kappa else ("not-two" if len(coders) > PAIR else "not-compared"),
    }


def _told(one: Interval | None) -> State | None:
    """Return an interval with its method, or nothing where it is not estimable."""
    if one is None:
        return None
    return {"ends": list(one.ends), "method": one.method, "resamples": one.resamples, "seed": one.seed}


def _of(found: Coded, unit: Unit, code: str) -> list[State]:
    return [state for state in found.made_in(unit).values() if state["code"] == code]


def _why(one: Agreement) -> str | None:
    """Return why agreement beyond chance is not estimable; None when it is."""
    if one.value is not None:
        return None
    return "one-value" if one.n else "not-compared"


def _notes(found: Coded) -> tuple[tuple[str, str], ...]:
    notes = []
    unread = {place_of(state) for state in found.codings.values()} - {unit.place for unit in found.readings}
    if unread:
        notes.append(
            (
                "Der er kodet i tekster, som ingen er færdig med. De tæller ikke med i enigheden.",
                "Texts that nobody has finished hold codings. They do not count in the agreement.",
            )
        )
    seeing = [one for held in found.readings.values() for one in held.values() if one.get("blind") is not True]
    if seeing:
        notes.append(
            (
                "Nogle tekster er ikke læst blindt. Så er enigheden større, end den ville have været.",
                "Some texts were not read blind. Agreement is then larger than it would have been.",
            )
        )
    return tuple(notes)
