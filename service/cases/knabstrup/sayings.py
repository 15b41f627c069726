"""What was said and seen: reflections, statements, disagreement, claims, the report and observed changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from service.cases.knabstrup.beginnings import group_id
from service.cases.knabstrup.draft import Draft, draft, section
from service.cases.knabstrup.record import Node, When, danish, sources, text, when


def sayings() -> Iterator[Draft]:
    """Yield everything from the first reflection to the last observed change."""
    yield from (_reflection(fact) for fact in section("reflections"))
    yield from (_statement(fact) for fact in section("statements"))
    yield from (_short_term(fact) for fact in section("outcomes", "short_term"))
    yield from (_outcome(fact) for fact in section("outcomes", "long_term"))


# ------------------------------------------------------------------ reflections
SPEAKERS: Final[dict[str, Node]] = {
    "chair of the local forum": {"kind": "role", "ref": "citizen"},
    "active citizen": {"kind": "role", "ref": "citizen"},
    "a citizen, a politician and a municipal employee, interviewed together": {"kind": "anonymous"},
    "other participants of the action-learning course": {"kind": "anonymous"},
    "chair of the project committee": {"kind": "role", "ref": "politician"},
    "municipality (report of the last session)": {"kind": "organisation", "ref": "holbaek-kommune"},
    "municipality (report news)": {"kind": "organisation", "ref": "holbaek-kommune"},
    "municipality (Jyderup plan, the forerunner)": {"kind": "organisation", "ref": "holbaek-kommune"},
    "Resonans (case page)": {"kind": "organisation", "ref": "resonans"},
}
SAID_AT: Final = {"RE-03": "ga-06", "RE-04": "ga-06", "RE-05": "ga-06", "RE-09": "ga-10"}


def _reflection(fact: Node) -> Draft:
    one = fact["id"]
    data = {
        "reflection_id": one.lower(),
        "format": "free",
        "steps": [{"name": "refleksion", "text": text(one)["text"]}],
        "by": SPEAKERS[fact["role"]],
        "gathering_id": SAID_AT.get(one),
    }
    return draft(one, "reflection-recorded", data)


# ------------------------------------------------------------------ statements
PUBLISHERS: Final = {
    "Dit Holbæk": "dit-holbaek",
    "Holbæk Kommune": "holbaek-kommune",
    "sn.dk": "sn-dk",
    "knabstrup.dk": "knabstrup-dk",
}
"""Who noted a statement: the publisher of the page that tells it. Who made it stands in the text, by role."""
SPOKEN_AT: Final = {"ST-09": "gathering/ga-09", "ST-10": "gathering/ga-10", "ST-13": "gathering/ga-10"}
HEARING: Final = "DE-23"
OBJECTORS: Final[dict[str, Node]] = {
    "ST-05": {"kind": "anonymous"},
    "ST-06": {"kind": "organisation", "ref": "naturfredningsforening"},
}


def _statement(fact: Node) -> Draft:
    one = fact["id"]
    if one in OBJECTORS:
        return _dissent(fact)
    data = {
        "observation_id": one.lower(),
        "observer": {"kind": "organisation", "ref": PUBLISHERS[sources()[fact["src"][0]].publisher]},
        "description": text(one)["text"],
        "about": [SPOKEN_AT[one]] if one in SPOKEN_AT else None,
    }
    return draft(one, "observation-noted", data)


def _dissent(fact: Node) -> Draft:
    """The source gives the month; an answer to a hearing cannot be older than the hearing."""
    one, month, hearing = fact["id"], when(fact["id"]), when(HEARING)
    span = When.of({"from": hearing.first.isoformat(), "to": month.last.isoformat()}).because(
        danish()["grundlag"]["hearing"]
    )
    data = {"decision_id": HEARING.lower(), "by": OBJECTORS[one], "text": text(one)["text"]}
    return draft(one, "dissent-recorded", data, happened=span)


# ------------------------------------------------------------------ claims and changes
REPORT: Final = "OU-05"


def _short_term(fact: Node) -> Draft:
    one, own = fact["id"], text(fact["id"])
    if one == REPORT:
        return draft(one, "product-delivered", {"product_id": one.lower(), "title": own["title"], "kind": "document"})
    return draft(one, "claim-made", {"claim_id": one.lower(), "text": own["text"], "source": own["source"]})


# The goal a change bears on, where the goal names it: concrete projects, a model to use again, a trend to turn.
GOALS: Final = {
    **dict.fromkeys([f"OU-{number:02}" for number in range(6, 16)], "ob-01"),
    "OU-16": "ob-05",
    "OU-17": "ob-03",
}
INTENDED: Final = {"OU-16", "OU-17"}
"""The goals say so: to turn the trend, and to make a model for efforts to come."""
WELCOMED: Final = {"OU-06", "OU-08", "OU-09", "OU-11", "OU-13", "OU-16", "OU-17"}
"""Told as something good by the source; of the others the sources say neither."""
CARRIED: Final = {f"OU-{number:02}" for number in range(6, 16)}
"""Changes a group had in its own work. Of the two others with a group it is not shown that the group had a part."""

PROPOSED_WITH: Final[dict[str, list[Node]]] = {"OU-06": [{"kind": "organisation", "ref": "boligselskabet"}]}


def _outcome(fact: Node) -> Draft:
    one, own = fact["id"], text(fact["id"])
    carried = fact["group"] if one in CARRIED else None
    data = {
        "outcome_id": one.lower(),
        **{name: own.get(name) for name in ("who", "change", "when", "where")},
        "contribution": text("OU")[carried] if carried else own.get("contribution"),
        "intended": True if one in INTENDED else None,
        "sign": "positive" if one in WELCOMED else None,
        "sources": [sources()[key].title for key in fact["src"]],
        "objective_id": GOALS.get(one),
        "contributors": [{"kind": "group", "ref": group_id(carried)}, *PROPOSED_WITH.get(one, [])] if carried else None,
    }
    return draft(one, "outcome-harvested", data)
