"""Asking a participant: what there is to say yes to, in which words, what they said, and how a change is told."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from domain.consenting import UNASKED, ConsentPurpose, GivenBy
from service.consents import newest, wording

if TYPE_CHECKING:
    from service.app import Kurslog


NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One purpose as a participant is asked for it now, and what they said of it.

    Args:
        version: the version of ``wording``; ``given_on`` the one the last answer was given on.
        given: True for a yes, False for one that was taken back, None for no answer yet.
        since: when the last answer was given.
    """

    participant: str
    purpose: ConsentPurpose
    wording: str
    version: str
    given: bool | None = None
    since: dt.datetime | None = None
    given_on: str | None = None
    given_by: GivenBy | None = None

    @property
    def on_old_words(self) -> bool:
        """Whether a yes stands that was given on other words than those asked now."""
        return self.given is True and self.given_on != self.version


def purposes_of(kurslog: Kurslog, process: str, participant: str, lang: str) -> list[Asked]:
    """Return the eight purposes in the words asked now, each with what the participant has said; judged now."""
    said = kurslog.rights.of(process).person(participant).said
    version, found = newest(), list[Asked]()
    for purpose in ConsentPurpose:
        last = said.get(purpose)
        words = wording(version, purpose, lang) or ""
        one = Asked(participant=participant, purpose=purpose, wording=words, version=version)
        if last:
            one = Asked(
                participant=participant,
                purpose=purpose,
                wording=words,
                version=version,
                given=last.given,
                since=last.since,
                given_on=last.version,
                given_by=last.by,
            )
        found.append(one)
    return found


def of_person(kurslog: Kurslog, process: str, participant: str, lang: str) -> list[Asked]:
    """Return the same of a person under all their numbers: a no to one is a no, and a yes to either is one."""
    return [_stricter(said) for said in zip(*_by_number(kurslog, process, participant, lang), strict=True)]


def _by_number(kurslog: Kurslog, process: str, participant: str, lang: str) -> list[list[Asked]]:
    others = kurslog.rights.of(process).same(participant) - {participant}
    return [purposes_of(kurslog, process, one, lang) for one in (participant, *sorted(others))]


def _stricter(said: Sequence[Asked]) -> Asked:
    told = [one for one in said if one.given is False] or [one for one in said if one.given]
    return max(told, key=lambda one: one.since or NEVER, default=said[0])


def changes_of_person(
    kurslog: Kurslog, process: str, participant: str, wanted: Mapping[ConsentPurpose, bool], *, command: str
) -> list[dict[str, Any]]:
    """Return the wires that bring the log to what a person wants, whichever of their numbers spoke before.

    Each number that has said something says it anew, so that none says no where the others say yes; where none has,
    the one they come by speaks.
    """
    numbers = _by_number(kurslog, process, participant, "da")
    stands = {one.purpose: one for one in map(_stricter, zip(*numbers, strict=True))}
    new = {one: yes for one, yes in wanted.items() if stands[one].given is not yes or stands[one].on_old_words}
    return [
        wire
        for said in numbers
        for wire in changes([one for one in said if _speaks(one, stands[one.purpose])], new, command=command)
    ]


def _speaks(one: Asked, stands: Asked) -> bool:
    return one.given is not None or (stands.given is None and one.participant == stands.participant)


def changes(
    asked: Sequence[Asked],
    wanted: Mapping[ConsentPurpose, bool],
    *,
    command: str | None = None,
    given_by: GivenBy | None = None,
) -> list[dict[str, Any]]:
    """Return the wires that bring the log to what is wanted of one participant; a purpose not named stays as it is.

    A yes to older words is given again on those asked now. A no where nothing was said is told only of what one takes
    part in unasked (`UNASKED`): elsewhere silence is a no already.

    Args:
        asked: what was shown, of one participant.
        wanted: yes or no by purpose.
        command: the id the form gave its command, so that two clicks are one.
        given_by: who says it; a guardian for a child.
    """
    yes = [one for one in asked if wanted.get(one.purpose) is True and (not one.given or one.on_old_words)]
    no = [one for one in asked if wanted.get(one.purpose) is False and _to_be_said(one)]
    told = [("consent-given.v1", yes), ("consent-withdrawn.v1", no)]
    return [_wire(stem, ones, command, given_by) for stem, ones in told if ones]


def _to_be_said(one: Asked) -> bool:
    return one.given is True or (one.given is None and one.purpose in UNASKED)


def _wire(stem: str, ones: Sequence[Asked], command: str | None, given_by: GivenBy | None) -> dict[str, Any]:
    purposes = [one.purpose.value for one in ones]
    part = f"{ones[0].participant}/{stem}/{','.join(purposes)}"
    data = {"participant_id": ones[0].participant, "purposes": purposes, "text_version": ones[0].version}
    return {
        "type": stem,
        "id": str(uuid.uuid5(uuid.UUID(command), part) if command else uuid.uuid4()),
        "data": data | ({"given_by": given_by.value} if given_by else {}),
    }
