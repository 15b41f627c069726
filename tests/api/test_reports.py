"""Reports over HTTP: issuing one, listing, and getting it with its proof and what verifies it."""

import pytest

from domain.keeping import AccessRole
from service.ledger.verify import verify_report

REPORTS = "/api/v1/processes/fabelby/reports"
ORDER = {"format": "json", "recipient": "Opdigtet Pulje"}


@pytest.fixture
def ready(begun):
    begun.app.projector.catch_up()
    return begun


def test_a_report_is_issued_listed_fetched_and_verified(client, token, ready):
    headers = token(AccessRole.PROJECT_MANAGER)
    made = client.post(REPORTS, json=ORDER, headers=headers)
    assert made.status_code == 201
    assert client.post(REPORTS, json=ORDER, headers=headers).status_code == 200
    assert client.get(REPORTS, headers=headers).json == [made.json]
    assert made.json["recipient"] == "Opdigtet Pulje"
    report = client.get(made.headers["Location"], headers=headers)
    waiting = client.get(made.json["proof"], headers=headers)
    assert (waiting.status_code, waiting.json["rule"]) == (503, "unsigned")
    assert int(waiting.headers["Retry-After"]) > 0
    signing = ready.app.signing()
    signing.step()
    proof = client.get(made.json["proof"], headers=headers)
    shown = verify_report(report.data, proof.data, key=signing._signer.key)
    assert (shown.process, shown.report, shown.position) == ("fabelby", made.json["id"], made.json["position"])
    assert client.get(made.json["manifest"], headers=headers).json["sha256"] == made.json["files"][0]["sha256"]


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient": ""},
        {"recipient": None},
        {"format": "docx"},
        {"language": "de"},
        {"template": "x"},
        {"supersedes": "r-1"},
        {"reason": "x"},
        {"known_by": "nonsense"},
        {"sent_by": "x"},
        {"recipient": "\x00"},
    ],
)
def test_an_order_that_cannot_be_read_issues_nothing(client, token, ready, changed):
    answer = client.post(REPORTS, json={**ORDER, **changed}, headers=token(AccessRole.PROJECT_MANAGER))
    assert answer.status_code == 422
    assert ready.app.reader.head() == 1


@pytest.mark.parametrize(
    ("role", "process", "status"),
    [
        (AccessRole.EVALUATOR, None, 201),
        (AccessRole.FACILITATOR, "fabelby", 201),
        (AccessRole.FACILITATOR, "another", 404),
        (AccessRole.PARTICIPANT, None, 404),
        (AccessRole.RESEARCHER, None, 404),
        (AccessRole.FUNDER, None, 404),
    ],
)
def test_who_may_issue(client, token, ready, role, process, status):
    assert client.post(REPORTS, json=ORDER, headers=token(role, process)).status_code == status
    assert client.post(REPORTS, json=ORDER).status_code == 401


def test_who_may_get_what_was_issued(client, token, ready):
    made = client.post(REPORTS, json=ORDER, headers=token(AccessRole.PROJECT_MANAGER)).json
    href = made["files"][0]["href"]
    assert client.get(href, headers=token(AccessRole.FUNDER)).status_code == 200
    assert client.get(REPORTS, headers=token(AccessRole.FUNDER)).json[0]["recipient"] is None
    for headers in ({}, token(AccessRole.PARTICIPANT), token(AccessRole.FUNDER, "another")):
        assert client.get(href, headers=headers).status_code == 404
        assert client.get(REPORTS, headers=headers).status_code == 404
    sha256 = made["files"][0]["sha256"]
    assert client.get(f"/api/v1/processes/fabelby/files/{sha256}", headers=token()).status_code == 404


def test_nobody_says_that_a_report_was_issued_who_may_not_issue_one(client, token, ready):
    draft = {"template": "x", "version": 1, "language": "da", "known_by": 1, "audience": "funder"}
    ready.record("report-drafted", {"report_id": "r-1", **draft})
    wire = {"report_id": "r-1", "recipient": "x", "files": [], "known_by": 1}
    path = "/api/v1/processes/fabelby/report-issued"
    assert client.post(path, json=wire, headers=token(AccessRole.PARTICIPANT)).status_code == 404
    assert client.post(path, json=wire, headers=token(AccessRole.FACILITATOR)).status_code == 201
    assert client.get(f"{REPORTS}/r-1.pdf", headers=token()).status_code == 404


@pytest.mark.parametrize(("name", "begins"), [("verify.py", b'"""Verifying'), ("verify.html", b"<!DOCTYPE html>")])
def test_what_verifies_is_for_everybody_as_a_file(client, name, begins):
    answer = client.get(f"/api/v1/{name}")
    assert answer.data.startswith(begins)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
