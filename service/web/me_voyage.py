"""What became of what a participant said: in a sentence, and step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from service import words
from service.web.contributions import said_where
from service.web.decisions import decisions_of
from service.web.me_words import FATES, WAITING
from service.web.things import shortened

if TYPE_CHECKING:
    from service.web.own_page import OwnPage
    from service.web.page import ProcessPage


class Step(NamedTuple):
    """One place where a contribution has been; what is not reached lies ahead."""

    mark: str
    title: str | None
    when: dict[str, Any] | None = None
    lines: tuple[str, ...] = ()
    status: str | None = None
    entries: Any = None
    reached: bool = True


def contributions_of(page: OwnPage) -> list[dict[str, Any]]:
    """Return the participant's contributions, the oldest first, each with what became of it."""
    authors = [{"kind": "participant", "ref": one} for one in page.held.people]

    def own(data: dict[str, Any]) -> dict[str, Any]:
        return {"contributions": [one for one in data["contributions"] if one["author"] in authors]}

    mine = page.answer("fate-of-contributions", part=own)["contributions"]
    return sorted(mine, key=lambda one: str((one["when"] or {}).get("time") or ""))


def position_of(page: OwnPage, contribution: str) -> int | None:
    """Return where a contribution of the participant's stands, to be corrected."""
    return next(
        (one.event.position for one in page.held.entries if one.event.subject == f"contribution/{contribution}"), None
    )


def fate_of(page: ProcessPage, one: dict[str, Any]) -> str:
    """Return in one sentence what became of a contribution."""
    return page.t(*next((said for key, said in FATES if one[key]), WAITING))


def voyage_of(page: ProcessPage, one: dict[str, Any]) -> list[Step]:
    """Return where a contribution has been, in order, and what lies ahead."""
    made = {decision["id"]: decision for decision in decisions_of(page)}
    reached = [_decided(page, step, made.get(step["id"])) for step in one["decisions"]]
    reached += [_acted(page, step) for step in one["actions"]]
    reached += [
        Step("question", page.t("Den blev besvaret", "It was answered"), answer["when"], (_text(answer["answer"]),))
        for answer in one["answers"]
    ]
    reached.sort(key=lambda step: str((step.when or {}).get("time") or ""))
    ticked = one["endorsed"]
    lines = (
        (
            page.t(
                f"{words.capitalised(words.count_word(ticked, 'da'))} har sat et hak ved den.",
                f"{words.capitalised(words.count_word(ticked, 'en'))} ticked it.",
            ),
        )
        if ticked
        else ()
    )
    said = Step(
        one["kind"], page.t("Du: ", "You: ") + said_where(page, one), one["when"], lines, entries=one["entries"]
    )
    ahead = (
        page.t("Hvad er blevet anderledes?", "What is different now?")
        if one["actions"]
        else page.t("Det næste skridt", "The next step")
    )
    return [said, *reached, Step("outcome" if one["actions"] else "decision", ahead, reached=False)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _decided(page: ProcessPage, step: dict[str, Any], made: dict[str, Any] | None) -> Step:
    question = made["question"] if made else step.get("question")
    title = made["said"] if made and isinstance(made["said"], str) else question
    lines = []
    if made and made["who"]:
        lines.append(page.t(f"Besluttet af {made['who']}.", f"Decided by {made['who']}."))
    if made and isinstance(made.get("rationale"), str):
        lines.append(page.t(f"Begrundelse: “{made['rationale']}”", f"Why: “{made['rationale']}”"))
    if made and made["objections"]:
        lines.append(page.t("Der er skrevet uenighed ned.", "Disagreement was written down."))
    lead = page.t("Besluttet: ", "Decided: ") if step["status"] == "made" else page.t("Foreslået: ", "Proposed: ")
    named = shortened(title) if isinstance(title, str) else page.say.thing_label("decision")
    return Step("decision", lead + named, step["when"], tuple(lines), entries=step["entries"])


def _acted(page: ProcessPage, step: dict[str, Any]) -> Step:
    title = step.get("title")
    lines = tuple(
        line
        for line in (
            page.t(f"Frist {words.day(step['due'], 'da')}.", f"Due {words.day(step['due'], 'en')}.")
            if isinstance(step.get("due"), str)
            else "",
            _text(step.get("result")),
        )
        if line
    )
    named = shortened(title) if isinstance(title, str) else page.say.capital(page.say.thing_label("action"))
    return Step("action", named, step.get("moved") or step["when"], lines, step["status"], step["entries"])
