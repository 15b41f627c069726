import datetime as dt

import pytest

from domain.keeping import (
    AccessGranted,
    AccessRevoked,
    AccessRole,
    ColumnMeaning,
    ImportCompleted,
    ImportMappingConfirmed,
    ReadLogSealed,
)
from domain.vocabulary import Visibility
from tests.unit.test_assessing import FRAMEWORK, INSTRUMENT


def test_an_import_stands_for_itself(log):
    stored = log.when(ImportCompleted(file_sha256="0" * 64, format="ndjson", accepted=2296, quarantined=5))

    assert stored.subject == f"import-completed/{stored.id}"


@pytest.mark.parametrize("role", AccessRole)
def test_access_is_granted_in_a_part(log, role):
    stored = log.when(AccessGranted(account="account-7", role=role))

    assert (stored.stream, stored.visibility) == ("process/fabelby", Visibility.TEAM)


def test_access_is_revoked_only_where_somebody_had_it(log):
    log.refuses("unknown-thing", AccessRevoked(account="account-7", role=AccessRole.EVALUATOR))


def test_access_may_be_granted_again(log):
    log.given(AccessGranted(account="account-7", role=AccessRole.EVALUATOR))
    log.given(AccessRevoked(account="account-7", role=AccessRole.EVALUATOR))

    assert log.when(AccessGranted(account="account-7", role=AccessRole.RESEARCHER)).subject == "access/account-7"


@pytest.mark.parametrize("way", ["correction", "withdrawal"])
def test_who_had_access_when_is_never_mended(log, way):
    granted = log.given(AccessGranted(account="account-7", role=AccessRole.FACILITATOR))
    changes = {"role": "administrator"} if way == "correction" else {}

    log.refuses("access-stands", getattr(log, way)(granted, **changes), on="2026-02-02")


def test_the_read_log_of_a_day_is_sealed_for_the_team(log):
    stored = log.when(ReadLogSealed(day=dt.date(2026, 1, 31), count=214, root="0" * 64))

    assert (stored.subject, stored.visibility) == (f"read-log-sealed/{stored.id}", Visibility.TEAM)


# ------------------------------------------------------------------ what columns mean
@pytest.fixture
def instrument(log):
    log.given(FRAMEWORK, on="2026-01-02")
    return log.given(INSTRUMENT, on="2026-01-02")


def said(*columns):
    meanings = tuple(ColumnMeaning(column=at, says=name) for at, name in columns)
    return ImportMappingConfirmed(shape="9f86d081", instrument_id=INSTRUMENT.instrument_id, version=1, columns=meanings)


@pytest.mark.parametrize("columns", [[(1, "participant"), (1, "now_s1")], [(1, "now_s1"), (2, "now_s1")]])
def test_a_column_says_one_thing_and_no_two_the_same(log, instrument, columns):
    log.refuses("listed-twice", said(*columns))


def test_what_columns_mean_may_be_said_anew(log, instrument):
    log.given(said((1, "participant")))

    assert log.when(said((2, "participant"))).subject == "mapping/9f86d081"
