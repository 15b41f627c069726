"""A participant's own page: what became of what they said, what is held about them, who read it, and their rights."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import redirect, request

from domain.belonging import GroupFormed, GroupJoined, GroupLeft
from domain.consenting import (
    UNASKED,
    AccessAnswered,
    AccessRequested,
    ConsentPurpose,
    ErasureDecided,
    ErasureExecuted,
    ErasureRequested,
    ErasureVerdict,
    ObjectionLodged,
)
from domain.correcting import effective
from domain.observing import QuoteApprovalWithdrawn, QuoteApproved, QuoteCaptured
from service import words
from service.consenting import Asked, purposes_of
from service.oneself import ORDER, Held, Oneself, oneself
from service.queries import UnknownError
from service.security.gate import sees
from service.security.readlog import ReadCount
from service.web.contributions import said_where
from service.web.decisions import decisions_of
from service.web.entries import Row, rows_of
from service.web.mending import may_mend
from service.web.page import Page, ProcessPage, asked_number
from service.web.session import caller_of
from service.web.things import Texts, shortened, subjects_in, texts_of, titles

if TYPE_CHECKING:
    import datetime as dt

    from werkzeug.wrappers import Response as Answer

    from domain.kernel import Envelope
    from service.app import Kurslog

ASKED: Final[dict[type, str]] = {ErasureRequested: "erasure", AccessRequested: "access", ObjectionLodged: "objection"}
READS_SHOWN: Final = 4
GROUP_SHOWN: Final = 5
TITLES: Final = {
    "who": ("Hvem du er", "Who you are"),
    "contributions": ("Det, du har sagt og skrevet", "What you said and wrote"),
    "answers": ("Dine svar, før og efter", "Your answers, before and after"),
    "ties": ("Hvem du har svaret, at du kender", "Whom you said you know"),
    "quotes": ("Citater og iagttagelser", "Quotes and observations"),
    "gatherings": ("Samlinger, du var med til", "Gatherings you came to"),
    "rights": ("Det, du har sagt ja til og bedt om", "What you said yes to and asked for"),
    "rest": ("Andre steder, hvor dit nummer står", "Other places where your number stands"),
}
SEEN_BY: Final = {
    "who": (
        "Navnet ses af facilitatorerne, projektlederen og dig.",
        "Your name is seen by the facilitators, the project manager and you.",
    ),
    "contributions": ("Ses af alle i forløbet, uden dit navn.", "Seen by all in the process, without your name."),
    "answers": (
        "Evaluator ser dem under et mærke. Andre ser gennemsnit af mindst fem.",
        "The evaluator sees them under a mark. Others see means of at least five.",
    ),
    "ties": (
        "Evaluator ser dem under et mærke. Andre ser grupper, ikke personer.",
        "The evaluator sees them under a mark. Others see groups, not persons.",
    ),
    "quotes": (
        "Ses af holdet. Et citat bruges først, når du har godkendt det.",
        "Seen by the team. A quote is used only once you approve it.",
    ),
    "gatherings": (
        "Ses af holdet. Andre ser kun, hvor mange I var.",
        "Seen by the team. Others see only how many you were.",
    ),
    "rights": ("Ses af holdet og dig.", "Seen by the team and you."),
    "rest": ("Lister og beslutninger, hvor dit nummer er nævnt.", "Lists and decisions that mention your number."),
}
READERS: Final = {
    "participant": ("En anden deltager", "Another participant"),
    "facilitator": ("En facilitator", "A facilitator"),
    "project-manager": ("Projektlederen", "The project manager"),
    "evaluator": ("En evaluator", "An evaluator"),
    "researcher": ("En forsker", "A researcher"),
    "funder": ("Den, der gav pengene,", "The funder"),
    "administrator": ("En administrator", "An administrator"),
    "public": ("En, der ikke var logget ind,", "Somebody who was not signed in"),
}
USES: Final = {
    "page": ("på siderne her", "on these pages"),
    "projection": ("i en oversigt", "in an overview"),
    "report": ("i en rapport", "in a report"),
    "export": ("i et udtræk", "in an extract"),
    "coding": ("for at kode dem", "to code them"),
}
FATES: Final = (
    ("actions", ("Den er blevet til en handling.", "It became an action.")),
    ("decisions", ("Den er med i en beslutning.", "It is part of a decision.")),
    ("answers", ("Den er besvaret.", "It was answered.")),
)
WAITING: Final = ("Der er ikke registreret noget om den siden.", "Nothing was recorded about it since.")
CHANNELS: Final = (
    ("rapport", ("i rapporten", "in the report")),
    ("hjemmeside", ("på hjemmesiden", "on the website")),
    ("avis", ("i avisen", "in the newspaper")),
)
VERDICTS: Final = {
    ErasureVerdict.GRANTED: ("Du fik ja.", "It was granted."),
    ErasureVerdict.PARTIAL: ("Du fik delvis ja.", "It was granted in part."),
    ErasureVerdict.REFUSED: ("Du fik nej.", "It was refused."),
}


class Step(NamedTuple):
    """One place where a contribution has been; what is not reached lies ahead."""

    mark: str
    title: str | None
    when: dict[str, Any] | None = None
    lines: tuple[str, ...] = ()
    status: str | None = None
    entries: Any = None
    reached: bool = True


class Asking(NamedTuple):
    """Something the participant asked for or objected to, and what became of it."""

    event: Envelope
    what: str
    state: str
    answer: str | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.state == "open"


class Quoted(NamedTuple):
    """A quote of the participant's, and whether it may be used."""

    id: str
    text: str | None
    when: Any
    approved: QuoteApproved | None


class Listed(NamedTuple):
    """One entry with its fields, and what the participant may do with it."""

    held: Held
    label: str
    rows: list[Row]
    opens: bool
    mendable: bool
    undoable: bool


@dataclass
class OwnPage(ProcessPage):
    """A page of the participant's own: of now, whatever day the address names."""

    @classmethod
    def of_participant(cls, kurslog: Kurslog, process: str) -> OwnPage:
        """Return the page of the participant who asks.

        Raises:
            UnknownError: to anybody else.
        """
        page = cls.of_anybody(kurslog, process)
        if not page.has_participant:
            raise UnknownError(process)
        return page

    @classmethod
    def of_anybody(cls, kurslog: Kurslog, process: str) -> OwnPage:
        """Return the page of whoever sees the process, participant or not."""
        page = cls.of(kurslog, process)
        page.on, page.problem = None, None
        return page

    @property
    def has_participant(self) -> bool:
        """Whether a participant of this process stands behind the session."""
        return self.caller.participant is not None and self.caller.process == self.process and self.may_record

    @property
    def me(self) -> str:
        """The participant's id."""
        return self.caller.participant or ""

    @cached_property
    def held(self) -> Oneself:
        """All that is held about them."""
        return oneself(self.kurslog, self.caller)


def my_entrance(kurslog: Kurslog) -> Answer | str:
    """Lead to the own page of whoever came by a personal link; tell anybody else how to get one."""
    caller = caller_of(kurslog)
    if caller.participant and caller.process:
        page = Page.opened(kurslog)
        return redirect(page.link("me", process=caller.process), 303)
    return Page.opened(kurslog).render("me_stranger.html")


# ------------------------------------------------------------------ the first screen
def me_page(kurslog: Kurslog, process: str) -> str:
    """Show a participant their own page; tell anybody else how to get one."""
    page = OwnPage.of_anybody(kurslog, process)
    if not page.has_participant:
        return page.render("me_stranger.html")
    mine = contributions_of(page)
    chosen = next((one for one in mine if one["id"] == request.args.get("show")), mine[-1] if mine else None)
    return page.render(
        "me.html",
        held=page.held,
        one=chosen,
        fate=fate_of(page, chosen) if chosen else None,
        steps=voyage_of(page, chosen) if chosen else [],
        position=position_of(page, chosen["id"]) if chosen else None,
        others=[(other, fate_of(page, other)) for other in reversed(mine) if other is not chosen],
        groups=groups_of(page),
        kept=[(group, found) for group in ORDER if (found := page.held.of_group(group))],
        titles=TITLES,
        seen_by=SEEN_BY,
        reads=read_lines(page, page.held.reads)[:READS_SHOWN],
        read_times=sum(one.times for one in page.held.reads),
        quotes=quotes_of(page),
        channels=channel_words(page.lang),
        ties=[one for one in page.held.of_group("ties") if one.own and not one.gone],
        unasked=UNASKED,
        asked=purposes_of(kurslog, process, page.me, page.lang),
        purpose_words=purpose_words(page),
        asking=askings_of(page),
        verdicts=VERDICTS,
        saved=request.args.get("saved"),
        undone=asked_number("undone"),
    )


def contributions_of(page: OwnPage) -> list[dict[str, Any]]:
    """Return the participant's contributions, the oldest first, each with what became of it."""
    author = {"kind": "participant", "ref": page.me}

    def own(data: dict[str, Any]) -> dict[str, Any]:
        return {"contributions": [one for one in data["contributions"] if one["author"] == author]}

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


# ------------------------------------------------------------------ what my group did
def groups_of(page: OwnPage) -> list[dict[str, Any]]:
    """Return the groups the participant is in, each with its latest actions and decisions."""
    actions, decided = page.answer("actions")["actions"], decisions_of(page)
    return [
        {
            "id": ref,
            "title": title,
            "actions": [one for one in reversed(actions) if one["group"] and one["group"]["id"] == ref][:GROUP_SHOWN],
            "decisions": [one for one in reversed(decided) if _takes(one, ref)][:GROUP_SHOWN],
        }
        for ref, title in _mine(page).items()
    ]


def _takes(decision: dict[str, Any], group: str) -> bool:
    return any((taker["actor"] or {}) == {"kind": "group", "ref": group} for taker in decision.get("taken_by") or [])


def _mine(page: OwnPage) -> dict[str, str]:
    register = page.kurslog.reader.register(page.process)
    joined = {one.event.subject for one in page.held.entries if isinstance(one.event.data, GroupJoined)}
    found: dict[str, str] = {}
    for subject in sorted(joined):
        inside, title = False, subject
        for event in register.history(subject):
            data = event.data
            if isinstance(data, GroupFormed) and isinstance(data.title, str):
                title = data.title
            elif isinstance(data, GroupJoined | GroupLeft) and data.participant_id == page.me:
                inside = isinstance(data, GroupJoined)
        if inside:
            found[subject.partition("/")[2]] = title
    return found


# ------------------------------------------------------------------ who has read it
def read_lines(page: Page, reads: Iterable[ReadCount]) -> list[tuple[dt.date, str]]:
    """Return in a sentence each who read how many of the participant's texts on which day, the newest first."""
    found = []
    keyed = sorted(reads, key=lambda one: (-one.day.toordinal(), one.role, one.use, one.account))
    for (day, role, use), group in itertools.groupby(keyed, lambda one: (one.day, one.role, one.use)):
        times = sum(one.times for one in group)
        who, what = page.t(*READERS.get(role, (role, role))), page.t(*USES.get(use, (use, use)))
        da = f"{who} har læst {words.count_word(times, 'da')} af dine tekster {what}"
        en = f"{who} read {words.count_word(times, 'en')} of your texts {what}"
        found.append((day, page.t(da, en)))
    return found


def readers_page(kurslog: Kurslog, process: str) -> str:
    """Show a participant everybody who read their texts, day by day."""
    page = OwnPage.of_participant(kurslog, process)
    lines = read_lines(page, page.held.reads)
    days = [(day, [line for _, line in group]) for day, group in itertools.groupby(lines, lambda line: line[0])]
    return page.render("me_readers.html", days=days)


# ------------------------------------------------------------------ what is held
def held_page(kurslog: Kurslog, process: str, group: str) -> str:
    """Show all entries of one group in full.

    Raises:
        UnknownError: for a group there is not.
    """
    page = OwnPage.of_participant(kurslog, process)
    if group not in TITLES:
        raise UnknownError(group)
    found = page.held.of_group(group)
    named = titles(kurslog, page.caller, process, {one for held in found for one in subjects_in(held.event)}, page.lang)
    return page.render(
        "me_held.html",
        group=group,
        title=page.t(*TITLES[group]),
        seen=page.t(*SEEN_BY[group]),
        entries=[_listed(page, one, named) for one in found],
        undone=asked_number("undone"),
    )


def _listed(page: OwnPage, one: Held, named: dict[str, str]) -> Listed:
    event = one.event
    opens = sees(page.caller, event)
    rows = rows_of(page, event, named) if one.own or (one.about and opens) else []
    mendable = one.own and not one.gone and may_mend(page, event)
    return Listed(one, words.type_label(event.type, page.lang), rows, opens, mendable, mendable)


# ------------------------------------------------------------------ quotes, and what was asked for
def quotes_of(page: OwnPage) -> list[Quoted]:
    """Return the participant's quotes, each with whether its approval stands."""
    captured = list(page.held.own(QuoteCaptured))
    texts: Texts = texts_of(page.kurslog, page.caller, captured)
    stored = effective(page.kurslog.reader.things(page.process, sorted({event.subject for event in captured})))
    found = []
    for event in captured:
        approved: QuoteApproved | None = None
        for later in stored:
            if later.subject == event.subject and isinstance(later.data, QuoteApproved | QuoteApprovalWithdrawn):
                approved = later.data if isinstance(later.data, QuoteApproved) else None
        found.append(Quoted(event.data.quote_id, texts.get((event.position, "text")), event.time, approved))
    return found


def askings_of(page: OwnPage) -> list[Asking]:
    """Return what the participant asked for or objected to, newest first, each with where it stands."""
    asked = list(page.held.own(*ASKED))
    stored = effective(page.kurslog.reader.things(page.process, sorted({event.subject for event in asked})))
    return [_asking(page, event, [one for one in stored if one.subject == event.subject]) for event in reversed(asked)]


def _asking(page: OwnPage, event: Envelope, stored: list[Envelope]) -> Asking:
    what = ASKED[type(event.data)]
    if any(isinstance(one.data, ErasureExecuted) for one in stored):
        return Asking(event, what, "executed")
    answers = [one for one in stored if isinstance(one.data, ErasureDecided | AccessAnswered)]
    answers += [event] if isinstance(event.data, ObjectionLodged) and event.data.verdict else []
    if not answers:
        return Asking(event, what, "open")
    (*_, decided) = answers
    name = "ground" if isinstance(decided.data, ErasureDecided) else "answer"
    said = texts_of(page.kurslog, page.caller, [decided]).get((decided.position, name))
    verdict = getattr(decided.data, "verdict", None)
    return Asking(event, what, str(verdict) if verdict else "answered", said)


def channel_words(lang: str) -> list[tuple[str, str]]:
    """Return what a quote may be used for, as its form says it."""
    return [(value, words.Speech(lang)(*said)) for value, said in CHANNELS]


def purpose_words(page: Page) -> dict[ConsentPurpose, str]:
    """Return what each purpose is called on its switch."""
    return {
        purpose: words.capitalised(words.label(purpose.value, page.lang, "ConsentPurpose"))
        for purpose in ConsentPurpose
    }


def wanted_of(asked: Iterable[Asked], ticked: Iterable[str]) -> dict[ConsentPurpose, bool]:
    """Return yes or no by purpose, as the switches were left; whoever never answered says no to nothing by that."""
    yes = set(ticked)
    return {one.purpose: one.purpose.value in yes for one in asked if one.purpose.value in yes or one.given is not None}
