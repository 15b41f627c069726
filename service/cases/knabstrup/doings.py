"""What was brought and done: contributions, 100-day actions, and what the politicians treated and decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from service.cases.knabstrup.beginnings import group_id
from service.cases.knabstrup.draft import Draft, draft, section
from service.cases.knabstrup.record import Node, When, danish, text, when

DAYS_BEGIN, DAYS_END = "2019-01-27", "2019-05-24"
"""The workshop that opened the 100 days, and the party that closed them."""


def doings() -> Iterator[Draft]:
    """Yield everything from the first contribution to the last item of an agenda."""
    yield from _contributions()
    yield from _actions()
    yield from _politics()


# ------------------------------------------------------------------ contributions
VOICES: Final[dict[str, Node]] = {
    "municipality's page": {"kind": "organisation", "ref": "holbaek-kommune"},
    "municipal plan": {"kind": "organisation", "ref": "holbaek-kommune"},
    "municipality": {"kind": "organisation", "ref": "holbaek-kommune"},
    "local forum": {"kind": "organisation", "ref": "lokalforum"},
    "chair of the local forum": {"kind": "role", "ref": "citizen"},
    "traffic group, told by the municipality": {"kind": "group", "ref": "gr-06"},
}
"""Who speaks, where the record says so. The author of the hall's booklet and the bringers of ideas are not known."""


def _contributions() -> Iterator[Draft]:
    for name in ("strengths", "challenges", "ideas_and_dreams"):
        for fact in section("contributions", name):
            idea = text("CO") if name == "ideas_and_dreams" else {}
            yield _contribution(fact, idea)


def _contribution(fact: Node, shared: Node) -> Draft:
    own = text(fact["id"])
    data = {
        "contribution_id": fact["id"].lower(),
        "kind": own["kind"],
        "text": own["text"],
        "author": VOICES.get(fact.get("voice", "")),
        "group_id": group_id(fact["group"]),
        "channel": own.get("channel") or shared.get("channel"),
    }
    carried = shared.get("tavst") if fact["group"] else None
    return draft(fact["id"], "contribution-made", data, silent=carried)


# ------------------------------------------------------------------ actions
# That an action builds on a contribution is our reading: the same thing evidently, told in both places.
BUILDS_ON: Final = {
    "AC-02": ["co-13"],  # parents more engaged, and flyers about it
    "AC-03": ["co-11"],  # school gardens
    "AC-04": ["co-12"],  # the children's house
    "AC-05": ["co-10"],  # the co-housing
    "AC-06": ["co-15"],  # the digital treasure hunt
    "AC-07": ["co-14"],  # shared meals
    "AC-10": ["co-16"],  # overlooked sports
    "AC-13": ["co-18"],  # road humps
    "AC-17": ["co-17"],  # money for the website
    "AC-18": ["co-17"],  # the website
    "AC-20": ["co-19"],  # the flower garden
}


def _actions() -> Iterator[Draft]:
    reasons = danish()["grundlag"]
    for fact in section("actions"):
        one, own = fact["id"], text(fact["id"])
        yield _action_planned(fact, When.of({"from": DAYS_BEGIN, "to": DAYS_END}).because(reasons["action-planned"]))
        if fact["status"] == "planned":
            continue
        known = when(one)
        since = When.of({"from": DAYS_BEGIN, "to": known.last.isoformat()})
        if fact["status"] == "done":
            data = {"action_id": one.lower(), "result": own["text"]}
            yield draft(one, "action-completed", data, happened=since.because(known.basis))
        else:
            data = {"action_id": one.lower(), "note": own["text"]}
            yield draft(one, "action-started", data, happened=since.because(reasons["action-started"]))


def _action_planned(fact: Node, happened: When) -> Draft:
    own, group = text(fact["id"]), group_id(fact["group"])
    data = {
        "action_id": fact["id"].lower(),
        "title": own["title"],
        "aim": own.get("aim"),
        "due": DAYS_END,
        "group_id": group,
        "builds_on": BUILDS_ON.get(fact["id"]),
    }
    return draft(fact["id"], "action-planned", data, happened=happened, silent=None if group else text("AC")["tavst"])


# ------------------------------------------------------------------ politics
BODIES: Final = {
    "project committee (PULO)": ["pulo"],
    "committee for children and school": ["udvalg-boern-skole"],
    "committee for culture and leisure": ["udvalg-kultur-fritid"],
    "committee for climate and environment": ["udvalg-klima-miljoe"],
    "municipal council": ["byraadet"],
    "municipality (planning)": ["holbaek-kommune"],
    "three committees": ["pulo", "udvalg-boern-skole", "udvalg-kultur-fritid"],
}
# The council approved what the committee had put forward, and the committee then settled the post's profile.
DECIDED_ON: Final = {"DE-11": ["de-10"], "DE-14": ["de-11"]}


def _politics() -> Iterator[Draft]:
    for fact in section("decisions"):
        yield _decision(fact) if fact["kind"] == "decision" else _case_item(fact)


def _case_item(fact: Node) -> Draft:
    [body] = BODIES[fact["body"]]
    data = {
        "item_id": fact["id"].lower(),
        "body": body,
        "heading": text(fact["id"])["heading"],
        "kind": fact["kind"],
        "visible": _sentence(danish()["synligt"][fact["visible"]]),
    }
    return draft(fact["id"], "case-item-treated", data)


def _decision(fact: Node) -> Draft:
    own = text(fact["id"])
    data = {
        "decision_id": fact["id"].lower(),
        "taken_by": [_taker(body) for body in BODIES[fact["body"]]],
        "question": own["question"],
        "builds_on": DECIDED_ON.get(fact["id"]),
        **({"options": [{"id": "valgt", "text": own["chosen"]}], "chosen": "valgt"} if "chosen" in own else {}),
    }
    seen = danish()["synligt"][fact["visible"]]
    reasons = danish()["tavst"]["decision-made"]
    silent = {name: f"{reasons[name]}; {seen}" for name in ("options", "rationale")}
    return draft(fact["id"], "decision-made", data, silent=silent | own.get("tavst", {}))


def _taker(body: str) -> Node:
    actor = {"kind": "body", "ref": body}
    return {"actor": actor} if body == "holbaek-kommune" else {"actor": actor, "role": "politician"}


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
