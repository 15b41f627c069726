"""The columns a table may have, by kind of table: what they are called in Danish and English. This is the one list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.asking import APART
from service.imports.sheets import UnreadableTableError


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the code, what it is called, and whether a table of its kind must have it."""

    name: str
    da: tuple[str, ...]
    en: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table."""

    name: str
    da: str
    en: str
    columns: tuple[Column, ...]
    needs_one_of: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(one for one in self.columns if one.name == name)


PLACE: Final = Column("place", ("kurslog-række",), ("kurslog row",))
WHY: Final = Column("why", ("derfor venter den",), ("why it waits",))
"""The columns a file of waiting rows has beside its own: where a row stood, and why it waits."""

ASIDE: Final = frozenset({PLACE.name, WHY.name})
DATE: Final = Column("date", ("dato", "dag", "hvornår", "den"), ("date", "day", "when"))
WHO: Final = (
    Column(
        "participant",
        ("deltager", "deltagernr", "deltagernummer", "nummer", "nr"),
        ("participant", "id", "participant id", "number", "no"),
    ),
    Column("tag", ("mærke", "pseudonym"), ("tag",)),
    Column("name", ("navn", "fulde navn"), ("name", "full name")),
)
ROLE: Final = Column("role", ("rolle", "roller"), ("role", "roles"))
GATHERING: Final = Column("gathering", ("samling", "møde", "arrangement"), ("gathering", "meeting", "event"))

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "people",
            "deltagere",
            "people",
            (*WHO, Column("contact", ("kontakt", "mail", "e-mail", "email", "telefon", "tlf", "mobil"), ("contact", "phone", "mobile")), ROLE, Column("date", ("dato", "fra", "med fra", "tilmeldt", "startdato"), ("date", "from", "since", "registered", "start date"))),
            needs_one_of=("participant", "name"),
        ),
        Kind(
            "attendance",
            "fremmøde",
            "attendance",
            (*WHO, GATHERING, Column("status", ("fremmøde", "mødt", "kom", "status", "til stede", "deltog"), ("attendance", "attended", "present", "came"), required=True), ROLE, DATE),
            needs_one_of=("participant", "tag", "name"),
        ),
        Kind(
            "contributions",
            "bidrag",
            "contributions",
            (
                Column("text", ("tekst", "bidrag", "seddel", "indhold", "post-it"), ("text", "contribution", "note", "content"), required=True),
                Column("kind", ("slags", "type", "art"), ("kind", "sort"), required=True),
                *WHO, ROLE, GATHERING,
                Column("group", ("gruppe", "borgergruppe"), ("group",)),
                Column("channel", ("kanal", "hvordan"), ("channel",)),
                DATE,
            ),
        ),
        Kind(
            "hours",
            "timer",
            "hours",
            (
                *WHO, ROLE,
                Column("hours", ("timer", "antal timer", "timetal"), ("hours", "number of hours"), required=True),
                Column("labour", ("løn", "lønnet", "frivillig", "arbejde", "lønnet/frivillig", "slags"), ("labour", "paid", "volunteer", "paid/volunteer", "kind"), required=True),
                Column("rate_basis", ("sats", "timesats"), ("rate", "rate basis")),
                DATE,
            ),
            needs_one_of=("participant", "tag", "name", "role"),
        ),
        Kind(
            "expenditure",
            "udgifter",
            "expenditure",
            (
                Column("line", ("post", "budgetpost", "konto", "budgetlinje"), ("line", "budget line", "account"), required=True),
                Column("amount", ("beløb", "kr", "beløb kr", "beløb i kr", "pris", "udgift"), ("amount", "dkk", "amount dkk"), required=True),
                Column("voucher", ("bilag", "bilagsnr", "bilagsnummer", "bilag nr"), ("voucher", "voucher no", "receipt"), required=True),
                Column("date", ("dato", "betalt", "betalt den", "betalingsdato"), ("date", "paid", "paid on"), required=True),
                Column("supplier", ("leverandør", "forretning", "butik"), ("supplier", "shop")),
                Column("note", ("note", "bemærkning", "tekst", "hvad"), ("note", "remark", "text", "what")),
            ),
        ),
    )
}  # fmt: skip


ANSWERS: Final = Kind("answers", "svar på en runde", "answers to a round", ())
"""Their columns are those of the round's instrument, and somebody says which is which: headers alone never tell."""


def plain(header: str) -> str:
    """Return a header as it is compared: small letters, no signs at its ends, single spaces."""
    text = unicodedata.normalize("NFC", header).casefold().replace(APART, "").replace("_", " ").replace(".", " ")
    return re.sub(r"\s+", " ", re.sub(r"[()\[\]:*]", " ", text)).strip()


NAMES: Final[dict[str, dict[str, str]]] = {
    kind.name: {plain(word): one.name for one in (*kind.columns, PLACE, WHY) for word in (*one.da, *one.en)}
    for kind in KINDS.values()
}
DANISH: Final = frozenset(plain(word) for kind in KINDS.values() for one in kind.columns for word in one.da)
ENGLISH: Final = frozenset(plain(word) for kind in KINDS.values() for one in kind.columns for word in one.en)


def is_known(header: str) -> bool:
    """Whether any kind of table has such a column."""
    return any(plain(header) in names for names in NAMES.values())


@dataclass(frozen=True)
class Mapping:
    """Which column of a file says what; ``unread`` are those that nothing here is called by."""

    kind: Kind
    places: dict[str, int]
    headers: dict[str, str]
    unread: tuple[str, ...]
    danish: bool

    @property
    def told(self) -> str:
        """The mapping in one line, for the entry in the log: our words only, so nobody's name can be among them."""
        read = [one.da[0] for one in self.kind.columns if one.name in self.places]
        return f"{self.kind.da}: {', '.join(read)}"


def mapping_of(headers: Sequence[str], kind: str | None = None) -> Mapping:
    """Return what the columns say.

    Args:
        headers: as they stand in the file.
        kind: of table; without one it is told from the headers, where only one kind fits.

    Raises:
        UnreadableTableError: when no kind fits or several do, a column is missing, or two say the same.
    """
    if kind is not None:
        return _mapped(headers, KINDS[kind])
    fitting = []
    for one in KINDS.values():
        try:
            fitting.append(_mapped(headers, one))
        except UnreadableTableError as error:
            if error.rule == "table-column-twice":
                raise
    if not fitting:
        raise UnreadableTableError("table-kind-unknown")
    most = max(len(one.places) for one in fitting)
    best = [one for one in fitting if len(one.places) == most]
    if len(best) > 1:
        raise UnreadableTableError("table-kind-ambiguous")
    return best[0]


def _mapped(headers: Sequence[str], kind: Kind) -> Mapping:
    places: dict[str, int] = {}
    words: dict[str, str] = {}
    unread = []
    for at, header in enumerate(headers):
        name = NAMES[kind.name].get(plain(header))
        if name is None:
            unread += [header] if header else []
        elif name in places:
            raise UnreadableTableError("table-column-twice", first=words[name], second=header)
        else:
            places[name], words[name] = at, header
    for one in kind.columns:
        if one.required and one.name not in places:
            raise UnreadableTableError("table-column-missing", da=one.da[0], en=one.en[0])
    if kind.needs_one_of and not any(name in places for name in kind.needs_one_of):
        one = kind.column(kind.needs_one_of[-1])
        raise UnreadableTableError("table-column-missing", da=one.da[0], en=one.en[0])
    return Mapping(kind, places, words, tuple(unread), _danish(words.values()))


def _danish(headers: object) -> bool:
    """Whether the file speaks Danish: numbers are read accordingly."""
    plains = {plain(str(header)) for header in headers}  # type: ignore[attr-defined]
    return len(plains & DANISH) >= len(plains & ENGLISH)
