"""Coding: what passages of text are about, by whom they were coded, and how disagreement was settled."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

from domain.kernel import event, state_of, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    AdjudicationId,
    CodebookId,
    CodingId,
    Count,
    Digest,
    EventId,
    Flag,
    LocalId,
    MemoId,
    Personal,
    Public,
    ReadingId,
    Record,
    Sealed,
    SubjectId,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class Direction(StrEnum):
    """What a passage under a code says of the competence the code bears on."""

    SHOWS = "shows"
    LACKS = "lacks"


class Code(Record, kw_only=True):
    """One code: its name, when it applies, which competence it bears on, and whether it shows it or that it lacks."""

    id: LocalId
    title: Public
    definition: Public
    competence_id: LocalId | None = None
    direction: Direction | None = None


@event("codebook-published.v1", da="Kodebog", en="Codebook", about="codebook_id", creates=None)
class CodebookPublished:
    """It was laid down which codes there are and when each applies.

    Example: "asks before acting" bears on the competence of co-creating.
    """

    codebook_id: CodebookId
    version: Count
    codes: tuple[Code, ...]


@event(
    "passage-coded.v1",
    da="Uddrag kodet",
    en="Passage coded",
    about="coding_id",
    creates=True,
    visibility=Visibility.EVALUATORS,
)
class PassageCoded:
    """Somebody read a passage of a text as an instance of a code.

    ``start`` and ``end`` count Unicode code points; ``text_commitment`` says which text was read.

    Example: the second sentence of a reflection is coded "asks before acting".
    """

    coding_id: CodingId
    codebook_id: CodebookId
    version: Count
    target: EventId
    field: LocalId
    text_commitment: Digest
    start: Count
    end: Count
    code: LocalId
    coder: Actor
    blind: Flag = False


@event(
    "text-coded.v1",
    da="Tekst kodet færdig",
    en="Text coded through",
    about="reading_id",
    creates=True,
    visibility=Visibility.EVALUATORS,
)
class TextCoded:
    """A coder has been through a text: what they found is coded, and of the other codes they found nothing.

    Until then a coder reads alone; who finds nothing has said so, and is not taken for somebody who never read it.

    Example: the reflection of the third gathering is read through, and nobody asks in it.
    """

    reading_id: ReadingId
    codebook_id: CodebookId
    version: Count
    target: EventId
    field: LocalId
    text_commitment: Digest
    coder: Actor
    blind: Flag = False


@event(
    "coding-retracted.v1",
    da="Kodning trukket tilbage",
    en="Coding retracted",
    about="coding_id",
    visibility=Visibility.EVALUATORS,
)
class CodingRetracted:
    """A coder no longer reads a passage so.

    Example: on a second reading it is a wish, not an act.
    """

    coding_id: CodingId
    reason: Text | None = None


@event(
    "coding-adjudicated.v1",
    da="Kodning afgjort",
    en="Coding adjudicated",
    about="adjudication_id",
    creates=True,
    visibility=Visibility.EVALUATORS,
)
class CodingAdjudicated:
    """Where coders disagreed, it was settled which code stands; the originals are kept.

    Example: of two readings the first stands, since the text says that they asked.
    """

    adjudication_id: AdjudicationId
    codings: tuple[CodingId, ...]
    code: LocalId
    by: Actor
    reason: Text | None = None


@event(
    "memo-written.v1",
    da="Notat",
    en="Memo",
    about="memo_id",
    creates=True,
    owner="by",
    visibility=Visibility.EVALUATORS,
)
class MemoWritten:
    """Somebody who codes wrote down a thought on the way.

    Example: the word "we" changes meaning after the third gathering.
    """

    memo_id: MemoId
    text: Text
    by: Actor
    about: tuple[SubjectId, ...] = ()


# ------------------------------------------------------------------ rules
class Codebook(Record):
    """The codes of each version."""

    versions: tuple[tuple[int, frozenset[str]], ...] = ()

    def codes(self, version: int) -> frozenset[str] | None:
        """Return the codes of one version; None when it was not published."""
        return dict(self.versions).get(version)


def evolve_codebook(state: Codebook | None, happening: Envelope) -> Codebook:
    """Take over one version."""
    data: CodebookPublished = happening.data
    codes = frozenset(code.id for code in data.codes or ())
    return Codebook((*(state.versions if state else ()), (data.version, codes)))


def admit_codebook(state: Codebook | None, happening: Envelope, _: World) -> None:
    """A version is published once, and no code appears twice in it."""
    data: CodebookPublished = happening.data
    if state is not None and data.version is not UNKNOWN and state.codes(data.version) is not None:
        raise Refused("version-already-published", field="version", version=data.version)
    ids = [code.id for code in data.codes or ()]
    if len(ids) != len(set(ids)):
        raise Refused("listed-twice", field="codes", id=next(x for x in ids if ids.count(x) > 1))


CodingEvent = PassageCoded | CodingRetracted


def evolve_coding(_: str | None, happening: Envelope) -> str:
    """Return where a coding stands: coded or retracted."""
    data: CodingEvent = happening.data
    match data:
        case PassageCoded():
            return "coded"
        case CodingRetracted():
            return "retracted"
        case _:
            assert_never(data)


def admit_coding(state: str | None, happening: Envelope, world: World) -> None:
    """A passage lies in the text that was read; its code is in the codebook; a coding is retracted once."""
    data: CodingEvent = happening.data
    match data:
        case PassageCoded():
            _admit_code(data, world)
            _admit_span(data, world, _admit_text(data, world))
        case CodingRetracted():
            if state == "retracted":
                raise Refused("coding-retracted", field="coding_id")
        case _:
            assert_never(data)


def admit_reading(_: Envelope | None, happening: Envelope, world: World) -> None:
    """A text is read as it stands, by a version of a codebook that was published."""
    _codes(happening.data, world)
    _admit_text(happening.data, world)


def _codes(data: PassageCoded | TextCoded, world: World) -> frozenset[str]:
    """Return the codes there are to choose from; none where that is not known."""
    book: Codebook | None = state_of("codebook", world.history("codebook", data.codebook_id))
    if book is None or data.version is UNKNOWN:
        return frozenset()
    codes = book.codes(data.version)
    if codes is None:
        raise Refused("unknown-version", field="version", id=data.codebook_id, version=data.version)
    return codes


def _admit_code(data: PassageCoded, world: World) -> None:
    codes = _codes(data, world)
    if codes and data.code not in codes:
        raise Refused("code-unknown", field="code", id=data.code)


def _admit_text(data: PassageCoded | TextCoded, world: World) -> Sealed | str:
    """Return the text that was read; on import the commitment is another log's, and taken as stated."""
    text = _text_read(data, world)
    known = text.sha256 if isinstance(text, Sealed) else None
    if text is None or not (world.importing or data.text_commitment in {known, UNKNOWN}):
        raise Refused("span-does-not-match", field="text_commitment")
    return text


def _admit_span(data: PassageCoded, world: World, text: Sealed | str) -> None:
    """Check the passage against its text."""
    if data.start is UNKNOWN or data.end is UNKNOWN:
        return
    length = len(text) if isinstance(text, str) else world.length(text)
    if data.end <= data.start or (length is not None and data.end > length):
        raise Refused("span-does-not-match", field="end")


def _text_read(data: PassageCoded | TextCoded, world: World) -> Sealed | str | None:
    """Return the text as it stands now, corrections applied; None when the entry was withdrawn or has none there."""
    for stored in world.history("event", data.target):
        thing_now = world.history(stored.kind, stored.subject.partition("/")[2])
        standing = next((item for item in thing_now if item.id == stored.id), None)
        return text_at(standing.data, data.field) if standing else None
    return None


def text_at(holder: Any, path: str) -> Sealed | str | None:
    """Return the text at a path such as ``text`` or ``steps.0.text``, sealed if stored; None when there is none."""
    for step in path.split("."):
        if isinstance(holder, tuple):
            holder = holder[int(step)] if step.isascii() and step.isdigit() and int(step) < len(holder) else None
        else:
            holder = getattr(holder, step, None)
    return holder.value if isinstance(holder, Personal) else None


def admit_adjudication(_: Envelope | None, happening: Envelope, __: World) -> None:
    """An adjudication decides between two codings or more."""
    data: CodingAdjudicated = happening.data
    if data.codings is not UNKNOWN and len(set(data.codings)) < 2:  # noqa: PLR2004 - one coding leaves nothing to decide
        raise Refused("adjudication-without-codings", field="codings")


thing("codebook", da="kodebog", en="codebook", register=True, admit=admit_codebook, evolve=evolve_codebook)
thing("coding", da="kodning", en="coding", admit=admit_coding, evolve=evolve_coding)
thing("reading", da="gennemlæsning", en="reading", admit=admit_reading)
thing("adjudication", da="afgørelse af kodning", en="adjudication", admit=admit_adjudication)
thing("memo", da="notat", en="memo")
