"""What a value may be at all, whichever way it comes in: from the wire, a form, an import or a correction."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any, Final

from domain.refusals import Refused
from domain.shapes import Field, FieldType
from domain.vocabulary import ID_PATTERN, UNKNOWN

FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 9000
TEXT_MAX: Final = 20_000
PUBLIC_MAX: Final = 500
MANY_MAX: Final = 1000
COUNT_MAX: Final = 10**9
DIGITS_MAX: Final = 15
DECIMALS_MAX: Final = 6
SUBJECT_PATTERN: Final = re.compile(r"[a-z-]{1,80}(?:/[A-Za-z0-9._:-]{1,80}){1,3}")
UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
DIGEST_PATTERN: Final = re.compile(r"[0-9a-f]{64}")


def keepable(text: str) -> bool:
    """Whether a database can keep the text: no NUL, no half of a surrogate pair."""
    return not UNKEEPABLE.search(text)


def within_history(moment: dt.date) -> bool:
    """Whether calendar arithmetic reaches the day or moment."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def within_reason(number: Decimal) -> bool:
    """Whether a number is finite, and neither longer nor finer than anybody counts."""
    if not number.is_finite():
        return False
    exponent = number.as_tuple().exponent
    return number.adjusted() < DIGITS_MAX and isinstance(exponent, int) and exponent >= -DECIMALS_MAX


def check_values(holder: Any, fields: tuple[Field, ...], prefix: str = "") -> None:
    """Check every value of an event or record.

    Raises:
        Refused: ``value-out-of-bounds`` naming the field; never what it holds.
    """
    for field in fields:
        value = getattr(holder, field.attr)
        if value is UNKNOWN or value is None:
            continue
        if field.many and len(value) > MANY_MAX:
            raise Refused("value-out-of-bounds", field=prefix + field.name)
        for one in value if field.many else (value,):
            _check(one, field, prefix + field.name)


def _check(value: Any, field: Field, name: str) -> None:
    if field.fields:
        check_values(value, field.fields, f"{name}.")
    elif not _fits(value, field):
        raise Refused("value-out-of-bounds", field=name)


def _fits(value: Any, field: Field) -> bool:
    match field.type:
        case FieldType.ID | FieldType.REF:
            pattern = SUBJECT_PATTERN if field.ref == "subject" else ID_PATTERN
            return bool(pattern.fullmatch(value))
        case FieldType.ACTOR:
            return not value.ref or bool(ID_PATTERN.fullmatch(value.ref))
        case FieldType.DIGEST | FieldType.FILE:
            return bool(DIGEST_PATTERN.fullmatch(value))
        case FieldType.PUBLIC:
            return keepable(value) and len(value) <= PUBLIC_MAX
        case FieldType.LOCALISED:
            return all(keepable(text) and 0 < len(text) <= PUBLIC_MAX for text in (value.da, value.en))
        case FieldType.PERSONAL:
            return not isinstance(value.value, str) or (keepable(value.value) and len(value.value) <= TEXT_MAX)
        case FieldType.DATE | FieldType.MOMENT:
            return within_history(value)
        case FieldType.AMOUNT | FieldType.NUMBER:
            return within_reason(value)
        case FieldType.COUNT:
            return bool(0 <= value <= COUNT_MAX)
        case FieldType.ENUM | FieldType.FLAG | FieldType.RECORD:
            return True
