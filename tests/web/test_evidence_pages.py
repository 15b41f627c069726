"""The pages of claims, evidence and the model: silent told as silent, and nothing of what may not be seen."""

import pytest


@pytest.fixture
def claimed(app, scribe):
    """Two claims; for one of them speaks a change somebody outside confirmed."""
    said = dict.fromkeys(("who", "when", "where", "significance", "contribution"), "naboer")
    seen = {**said, "change": "De låner værktøj", "intended": True, "sign": "positive"}
    outcome = {"outcome_id": "o1", "harvester": {"kind": "role", "ref": "citizen"}, **seen}
    change = scribe.record("outcome-harvested", outcome)
    outside = {"kind": "role", "ref": "employee"}
    scribe.record(
        "outcome-substantiated", {"outcome_id": "o1", "by": outside, "relation_to_process": "nabo", "verdict": "partly"}
    )
    scribe.record("claim-made", {"claim_id": "c1", "text": "Naboer hjælper hinanden", "source": "projektlederen"})
    scribe.record("claim-made", {"claim_id": "c2", "text": "Alle er blevet bedre", "source": "projektlederen"})
    scribe.record(
        "evidence-linked", {"claim_id": "c1", "event": str(app.reader.at([change.position])[0].id), "bearing": "for"}
    )
    app.projector.catch_up()


@pytest.mark.parametrize("path", ["claims", "evidence", "model"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_process_without_events_says_what_will_come(app, signed_in, scribe, path, language):
    app.projector.catch_up()
    page = signed_in().get(f"/p/fabelby/{path}?lang={language}")

    assert page.status_code == 200
    assert 'class="empty"' in page.text


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_claims_say_what_speaks_for_them_and_which_are_silent(signed_in, claimed, language):
    page = signed_in().get(f"/p/fabelby/claims?lang={language}").text

    assert "De låner værktøj" in page
    assert {"da": "delvis enig", "en": "partly agrees"}[language] in page
    assert {"da": "Intet i logbogen taler for eller imod.", "en": "Nothing in the log speaks for or against."}[
        language
    ] in page


def test_a_goal_without_signs_says_so(app, signed_in, scribe):
    scribe.record("objective-defined", {"objective_id": "o1", "text": "En model", "source": "ansøgningen"})
    app.projector.catch_up()
    page = signed_in().get("/p/fabelby/evidence").text

    assert "Aftalt tegn på succes og målepunkt:" in page
    assert "ét</a> tavst" in page


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_part_of_the_evidence_and_the_model_is_told(app, signed_in, scribe, language):
    role = {"kind": "role", "ref": "citizen"}
    scribe.record("objective-defined", {"objective_id": "o1", "text": "Projekter", "source": "ansøgningen"})
    scribe.contribute("c-1")
    agreed = {"criterion_id": "k1", "objective_id": "o1", "text": "Fem bidrag", "agreed_by": [role]}
    scribe.record("success-criterion-agreed", agreed, on="2026-03-01T12:00:00Z")
    measured = {"title": "Bidrag", "unit": "bidrag", "direction": "up", "formula": "antal", "target": "1"}
    fed = {"indicator_id": "i1", "objective_id": "o1", "fed_by": ["contribution-made"]}
    scribe.record("indicator-defined", {**fed, **measured}, on="2026-01-10T12:00:00Z")
    scribe.record("baseline-recorded", {"indicator_id": "i1", "value": "0", "source": "optælling"})
    scribe.record("gathering-planned", {"gathering_id": "g1", "title": "Startworkshop", "kind": "kick-off"})
    scribe.record("gathering-held", {"gathering_id": "g1"})
    scribe.record("exercise-run", {"gathering_id": "g1", "tool": "Drømme", "planned_minutes": 20, "actual_minutes": 35})
    drawn = {"template_id": "m", "version": 1, "steps": [{"title": "Startworkshop", "day": 0}, {"title": "Fest"}]}
    scribe.record("process-template-derived", {**drawn, "principles": [{"text": "Ved samme bord"}]})
    scribe.record("template-feedback-given", {"template": "m", "text": "Sedlerne tog to gange så lang tid", "by": role})
    app.projector.catch_up()
    client = signed_in()
    evidence, model = (client.get(f"/p/fabelby/{path}?lang={language}").text for path in ("evidence", "model"))

    assert {"da": "målet er nået", "en": "the target is reached"}[language] in evidence
    assert {"da": "efter de første tal", "en": "after the first figures"}[language] in evidence
    assert "Sedlerne tog to gange så lang tid" in model
    assert "Ved samme bord" in model
