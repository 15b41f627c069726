import datetime as dt

import pytest

from domain.keeping import AccessGranted, AccessRevoked, AccessRole, ImportCompleted, ReadLogSealed
from domain.vocabulary import Visibility


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
