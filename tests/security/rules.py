"""Who may do what over HTTP: one line a route. A route without a line fails `test_matrix.py`, which says its name."""

from dataclasses import dataclass

from domain.keeping import AccessRole

R = AccessRole
EVERY = frozenset(R)
TEAM = frozenset({R.FACILITATOR, R.PROJECT_MANAGER})
LEADING = frozenset({R.PROJECT_MANAGER, R.ADMINISTRATOR})
ASKING = TEAM | {R.EVALUATOR}
SEEING = EVERY - {R.FUNDER}
WRITING = ASKING | {R.PARTICIPANT}
FETCHING = ASKING | {R.FUNDER}
EXPORTING = frozenset({R.EVALUATOR, R.RESEARCHER})


@dataclass(frozen=True)
class Rule:
    """Which roles in the process may; ``public`` when anybody at all may in a public process."""

    roles: frozenset
    public: bool = False
    linked: bool | None = None
    """True: only for the participant a personal link is of. False: for anybody but who comes by one."""
    nobody: int = 404
    """What a request without any session or token gets; the API says 401 where only a token can write."""


SEE = Rule(SEEING, public=True)
WRITE = Rule(WRITING)
OWN = Rule(frozenset({R.PARTICIPANT}), linked=True)
CARE = Rule(TEAM)
LEAD = Rule(LEADING)
ASK = Rule(ASKING)
CODE = Rule(frozenset({R.EVALUATOR}))
FETCH = Rule(FETCHING)
SEND = Rule(WRITING, nobody=401)

PROCESS = {
    # the pages
    "GET web.course": SEE,
    "GET web.contributions": SEE,
    "GET web.decisions": SEE,
    "GET web.actions": SEE,
    "GET web.participation": SEE,
    "GET web.learning": SEE,
    "GET web.budget": SEE,
    "GET web.claims": SEE,
    "GET web.evidence": SEE,
    "GET web.model": SEE,
    "GET web.relations": SEE,
    "GET web.competences": SEE,
    "GET web.log": SEE,
    "GET web.entry": SEE,
    "GET web.figure": SEE,
    "GET web.file": SEE,
    "GET web.me": SEE,  # whoever has no participant is told how to get a link
    "GET web.my_data": OWN,
    "GET web.my_pages": OWN,
    "GET web.readers": OWN,
    "GET web.held": OWN,
    "GET web.my_sheet": OWN,
    "POST web.save_my_sheet": OWN,
    "GET web.my_answer": OWN,
    "POST web.save_my_answer": OWN,
    "POST web.undo_my_answer": OWN,
    "GET web.ask": OWN,
    "POST web.save_ask": OWN,
    "POST web.save_consent": OWN,
    "POST web.save_quote": OWN,
    "GET web.reads": LEAD,
    "GET web.reads_file": LEAD,
    "GET web.now": CARE,
    "GET web.tonight": CARE,
    "GET web.judging": CODE,
    "GET web.coding": CODE,
    "GET web.codebook": CODE,
    "GET web.agreement": CODE,
    "GET web.coding_text": CODE,
    "POST web.save_coding": CODE,
    "GET web.setup": CARE,
    "POST web.save_setup": CARE,
    "GET web.people": CARE,
    "POST web.save_people": CARE,
    "GET web.rights": CARE,
    "POST web.save_rights": CARE,
    "GET web.rights_record": LEAD,
    "GET web.erasures": CARE,
    "POST web.save_erasures": CARE,
    "GET web.links": CARE,
    "POST web.save_links": CARE,
    "GET web.access": LEAD,
    "POST web.save_access": LEAD,
    "GET web.waves": ASK,
    "POST web.open_wave": ASK,
    "POST web.close_wave": ASK,
    "GET web.answer": ASK,
    "POST web.save_answer": ASK,
    "POST web.undo_answer": ASK,
    "GET web.rounds": ASK,
    "POST web.open_round": ASK,
    "POST web.close_round": ASK,
    "GET web.xlsform": ASK,
    "GET web.sheet": ASK,
    "POST web.save_sheet": ASK,
    "POST web.undo": ASK,
    "POST web.undo_command": ASK,
    "GET web.mend": ASK,
    "POST web.save_mend": ASK,
    "GET web.record": WRITE,
    "GET web.table": WRITE,
    "POST web.save_table": WRITE,
    "GET web.attendance": ASK,
    "POST web.save_attendance": ASK,
    "GET web.form": WRITE,
    "POST web.save": WRITE,
    "GET web.import_form": CARE,
    "POST web.import_upload": CARE,
    "GET web.import_preview": CARE,
    "POST web.import_confirm": CARE,
    "GET web.columns": CARE,
    "POST web.save_columns": CARE,
    "POST web.import_undo": CARE,
    "GET web.waiting": CARE,
    "GET web.waiting_file": CARE,
    "POST web.waiting_drop": CARE,
    "GET web.report_file": Rule(ASKING, public=True),
    "GET web.reports": Rule(FETCHING, public=True),
    "POST web.issue_report": ASK,
    "GET web.issued_file": FETCH,
    # the API
    "GET processes.show_process": SEE,
    "GET processes.show_projection": SEE,
    "GET processes.show_events_behind": SEE,
    "GET processes.show_export": Rule(EXPORTING, public=True),
    "GET events.read_events": SEE,
    "POST events.record_events": SEND,
    "POST files.keep_file": SEND,
    "GET files.open_file": SEE,
    "GET reports.list_reports": Rule(FETCHING, public=True),
    "POST reports.issue_report": Rule(ASKING, nobody=401),
    "GET reports.show_report": FETCH,
}
"""Routes of a process. What is an entry of one's own, or of a visibility one does not see, other tests show."""

OUTSIDE = {
    "GET livez": 200,
    "GET readyz": (200, 503),
    "GET metrics": 200,  # to this machine; see tests/api/test_watching.py
    "GET api-docs.openapi_json": 200,
    "GET documents.page": 200,
    "GET processes.list_processes": 200,
    "GET ledger.show_checkpoint": (200, 503),
    "GET ledger.show_key": (200, 503),
    "POST ledger.keep_cosignature": (422, 503),
    "GET ledger.show_proof": (200, 404, 503),
    "GET ledger.show_consistency": (422, 503),
    "GET ledger.show_tile": (200, 404),
    "GET reports.give_verify_html": 200,
    "GET reports.give_verify_py": 200,
    "GET web.static": 200,
    "GET web.processes": 200,
    "GET web.about": 200,
    "GET web.my_entrance": (200, 303),
    "GET web.accessibility": 200,
    "GET web.sign_in_page": 200,
    "POST web.sign_in": (410, 429),
    "GET web.door": 200,
    "POST web.sign_in_by_name": (422, 429),
    "GET web.organisation_begin": 404,  # where an organisation is set: tests/organisation
    "GET web.organisation_back": 404,
    "GET web.password_page": (410, 429),
    "POST web.choose_password": (410, 429),
    "GET web.invitation": (410, 429),
    "POST web.accept_invitation": (410, 429),
    "GET web.account": (200, 404),  # to whoever is signed in
    "POST web.change_password": 404,  # for an account with a password: tests/web/test_signing_in.py
    "POST web.sign_out": 303,
}
"""Routes outside any process: what everybody gets, whoever they are. What they hold, other tests show."""

BEGINNING = {"GET web.new": 200, "POST web.register": 422}
"""Routes that begin a process: for a team whose part is in no one process; 404 for everybody else."""


ISSUING = {"report-issued", "report-superseded"}
MEMBERSHIP = {"access-granted", "access-revoked"}
OF_TEAM = {"access-answered", "erasure-decided", "participants-merged", "recipient-notified"}
BY_ITSELF = {"erasure-executed"}
NOT_OF_ONESELF = {
    "assessment-round-closed",
    "assessment-round-opened",
    "assessment-voided",
    "competence-framework-published",
    "instrument-published",
    "privacy-notice-given",
    "processing-basis-declared",
    "relationship-wave-closed",
    "relationship-wave-opened",
}
"""What nobody says of themselves: whoever comes by a personal link does not say it at all."""


def rule_of(route):
    """Return the rule of a route of a process; None when it has none. An event type's own route has one by its kind."""
    if not route.of_type:
        return PROCESS.get(route.name)
    stem = route.of_type.stem
    if route.of_type.capability == "coding":
        return Rule(frozenset({R.EVALUATOR}), nobody=401)
    if stem in MEMBERSHIP:
        return Rule(LEADING & TEAM, nobody=401)  # an administrator gives access on the page
    if stem in ISSUING:
        return Rule(ASKING, nobody=401)
    if stem in OF_TEAM or route.of_type.capability == "keeping":
        return Rule(TEAM, nobody=401)
    roles = frozenset() if stem in BY_ITSELF else WRITING
    return Rule(roles, linked=False if stem in NOT_OF_ONESELF else None, nobody=401)
