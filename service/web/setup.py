"""Setting a process up, step by step: each step is a page that can be left, come back to, and undone as one command."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.correcting import effective
from domain.kernel import Envelope
from service.app import Kurslog
from service.queries import UnknownError
from service.security.gate import TEAM, Act
from service.web.entries import entries_of
from service.web.forms import Form, form_of
from service.web.page import ProcessPage
from service.web.people import people_of
from service.web.reading import read_form
from service.web.ready import BASES, GOALS, NOTICES, READY_VERSION
from service.web.record import choices_of, command_id, declared, id_within, record_or_say
from service.web.registering import ROLES, people_wires, typed_people
from service.web.things import begun

Wires = list[dict[str, Any]]
LISTED: Final = 100
ROWS: Final = 3


@dataclass
class Draft:
    """What was typed at a step: the command it is, what is wrong with it, and a form where the step has one."""

    page: ProcessPage
    typed: Mapping[str, str]
    command: str
    wrong: list[tuple[str, str]] = field(default_factory=list)
    form: Form | None = None

    def said(self, name: str) -> str:
        """Return what was typed under a name."""
        return self.typed.get(name, "").strip()

    def wire(self, stem: str, part: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return one event of the command; sent again it has the same id."""
        return {"type": stem, "id": id_within(self.command, part), "data": data}

    def new_id(self, kind: str, part: str) -> str:
        """Return an id for a new thing; sent again it is the same."""
        return f"{kind}-{uuid.UUID(id_within(self.command, part)).hex[:8]}"


@dataclass(frozen=True)
class Step:
    """One step: its name in the address, its title, what it records, and the entry types that show it was taken."""

    name: str
    title: tuple[str, str]
    wires: Callable[[Draft], Wires]
    types: tuple[str, ...]


# ------------------------------------------------------------------ what each step records
def _from_form(draft: Draft) -> Wires:
    """Return the one event of a step that shows the event's own form; nothing when it was left empty."""
    form = draft.form
    if form is None or not any(one.value for top in form.inputs for one in top.all() if one.name not in form.own):
        return []
    wire = read_form(form, draft.typed, {})
    draft.wrong += form.wrong
    stem = form.declaration.stem
    own = {one.spec.name: draft.new_id(form.declaration.kind, stem) for one in form.inputs if one.name in form.own}
    return [draft.wire(stem, stem, {**wire["data"], **own})]


def goal_wires(draft: Draft) -> Wires:
    """Return a goal for each line and each suggestion ticked, with the sign of success agreed for it."""
    t = draft.page.t
    rows = [(f"{n}", draft.said(f"goal.{n}"), draft.said(f"sign.{n}")) for n in range(rows_of(draft))]
    rows += [(f"ready-{n}", t(*goal), t(*sign)) for n, (goal, sign) in enumerate(GOALS) if draft.said(f"ready.{n}")]
    agreed = [{"kind": "role", "ref": role} for role in ROLES if draft.said(f"agreed.{role}")]
    wires: Wires = []
    for part, goal, sign in rows:
        if sign and not goal:
            draft.wrong.append(
                (f"goal-{part}", t("Skriv det mål, tegnet hører til.", "Write the goal the sign is for."))
            )
        if not goal:
            continue
        objective = draft.new_id("objective", part)
        data = {"objective_id": objective, "text": goal, "source": "Aftalt i forløbet"}
        wires.append(draft.wire("objective-defined", f"goal {part}", data))
        if sign:
            criterion = {"criterion_id": draft.new_id("criterion", part), "objective_id": objective, "text": sign}
            agreed_by = {**criterion, "agreed_by": agreed}
            wires.append(draft.wire("success-criterion-agreed", f"sign {part}", agreed_by))
    if not agreed and any(wire["type"] == "success-criterion-agreed" for wire in wires):
        draft.wrong.append(("agreed", t("Sæt hak ved dem, der aftalte det.", "Tick those who agreed on it.")))
    return wires


def rows_of(draft: Draft) -> int:
    """Return how many lines the form shows: those it had, and more when more were asked for."""
    had = draft.said("rows")
    count = int(had) if had.isascii() and had.isdigit() and len(had) < 3 else ROWS  # noqa: PLR2004 - two digits
    return min(count + (ROWS if draft.said("more") else 0), 60)


def person_wires(draft: Draft) -> Wires:
    """Return the registrations of the people who were typed."""
    found = typed_people(draft.page, draft.typed, rows_of(draft))
    draft.wrong += found.wrong
    return [] if found.wrong else people_wires(draft.page, found.people, draft.command)


def group_wires(draft: Draft) -> Wires:
    """Return a group with those who were ticked."""
    title, theme = draft.said("title"), draft.said("theme")
    ticked = [ref for ref in people_of(draft.page, named=()) if draft.said(f"member.{ref}")]
    if not title and (theme or ticked):
        name = draft.page.t("Skriv, hvad gruppen hedder.", "Write what the group is called.")
        draft.wrong.append(("title", name))
    if not title:
        return []
    group = draft.new_id("group", "group")
    formed = draft.wire("group-formed", "group", {"group_id": group, "title": title, "theme": theme or title})
    return [
        formed,
        *(draft.wire("group-joined", f"member {ref}", {"group_id": group, "participant_id": ref}) for ref in ticked),
    ]


def notice_wires(draft: Draft) -> Wires:
    """Return the basis of each purpose, with the words people are told, in both languages."""
    t, basis, version = draft.page.t, draft.said("basis"), draft.said("version")
    if basis not in BASES:
        draft.wrong.append(("basis", t("Vælg, hvad I bygger på.", "Choose what you build on.")))
    wires: Wires = []
    for purpose in NOTICES:
        wording = {lang: draft.said(f"{purpose}.{lang}") for lang in ("da", "en")}
        for lang, text in wording.items():
            if not 0 < len(text) <= 500:  # noqa: PLR2004 - as long as a public text may be
                long = t("Skriv teksten, højst 500 tegn.", "Write the text, 500 characters at most.")
                draft.wrong.append((f"{purpose}-{lang}", long))
        data = {"purpose": purpose, "legal_basis": basis, "text_version": version or READY_VERSION, "wording": wording}
        wires.append(draft.wire("processing-basis-declared", purpose, data))
    return wires


STEPS: Final = (
    Step("grant", ("Tilsagn", "Grant"), _from_form, ("grant-awarded.v1",)),
    Step("goals", ("Mål", "Goals"), goal_wires, ("objective-defined.v1", "success-criterion-agreed.v1")),
    Step("people", ("Deltagere", "People"), person_wires, ("participant-registered.v1",)),
    Step("groups", ("Grupper", "Groups"), group_wires, ("group-formed.v1",)),
    Step("gathering", ("Første samling", "First gathering"), _from_form, ("gathering-planned.v1",)),
    Step("notice", ("Det får folk at vide", "What people are told"), notice_wires, ("processing-basis-declared.v1",)),
    Step("done", ("Nu", "Now"), lambda _: [], ()),
)
FORMS: Final = {"grant": "grant-awarded", "gathering": "gathering-planned"}


# ------------------------------------------------------------------ the pages
def setup_page(kurslog: Kurslog, process: str, step: str) -> str:
    """Show one step, with what has been recorded of it so far."""
    page, found = _found(kurslog, process, step)
    return _render(page, found, _draft(page, found, str(uuid.uuid4()), request.args))


def _found(kurslog: Kurslog, process: str, step: str) -> tuple[ProcessPage, Step]:
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    found = next((one for one in STEPS if one.name == step), None)
    if found is None or page.caller.role not in TEAM:
        raise UnknownError(step)
    return page, found


def _draft(page: ProcessPage, step: Step, command: str, typed: Mapping[str, str]) -> Draft:
    draft = Draft(page, typed, command)
    if step.name in FORMS:
        event = declared(FORMS[step.name])
        ready = {} if any(key.startswith("data.") for key in typed) else _ready(page, step)
        draft.form = form_of(event, page.lang, choices_of(page, event), {**ready, **typed})
    return draft


def _ready(page: ProcessPage, step: Step) -> dict[str, str]:
    """Return what a form is filled with before anybody has typed."""
    if step.name != "gathering" or recorded(page, step):
        return {}
    return {"data.title": page.t("Startworkshop", "Kick-off"), "data.kind": "kick-off"}


def recorded(page: ProcessPage, step: Step) -> list[Envelope]:
    """Return what has been recorded of a step and still stands."""
    if not step.types:
        return []
    reader = page.kurslog.reader
    events = reader.process_page(page.process, types=list(step.types), limit=LISTED, backwards=True)
    standing = effective(reader.things(page.process, sorted({event.subject for event in events})))
    return [event for event in standing if event.type in step.types]


def _render(page: ProcessPage, step: Step, draft: Draft) -> str:
    at = STEPS.index(step)
    saved = request.args.get("saved", "")
    return page.render(
        "setup.html",
        step=step,
        number=at + 2,
        count=len(STEPS) + 1,
        steps=[(one, bool(recorded(page, one))) for one in STEPS],
        after=STEPS[at + 1] if at + 1 < len(STEPS) else None,
        entries=entries_of(page, recorded(page, step)) if step.name != "people" else [],
        people=people_of(page),
        groups=begun(page.kurslog, page.caller, page.process, "group"),
        draft=draft,
        rows=rows_of(draft),
        ready=GOALS,
        roles=ROLES,
        bases=BASES,
        notices=NOTICES,
        version=READY_VERSION,
        saved=saved if saved.replace("-", "").isdigit() else "",
        undone=request.args.get("undone"),
        back=page.link("setup", step=request.args.get("of") or step.name, on=None),
    )


def save_setup(kurslog: Kurslog, process: str, step: str) -> Answer | tuple[str, int] | str:
    """Record the step as one command, once however often it is sent, and lead on; an empty step is skipped."""
    page, found = _found(kurslog, process, step)
    typed = dict(request.form.items())
    draft = _draft(page, found, command_id(), typed)
    if typed.get("more"):
        return _render(page, found, draft)
    wires = found.wires(draft)
    positions, wrong = ([], None) if draft.wrong or not wires else record_or_say(page, wires)
    if wrong:
        draft.wrong.append(("main", wrong))
    if draft.wrong:
        return _render(page, found, draft), 422
    onward = found if typed.get("then") == "here" else STEPS[min(STEPS.index(found) + 1, len(STEPS) - 1)]
    told = {"saved": f"{positions[0]}-{positions[-1]}", "of": found.name} if positions else {}
    return redirect(page.link("setup", step=onward.name, on=None, **told), 303)
