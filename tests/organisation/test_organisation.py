"""Signing in through an organisation, shown whole against a local one, and refused where anything does not fit."""

import time
import urllib.parse

import pytest
import requests

from service.settings import SettingError, Settings

BACK = "http://127.0.0.1:8000/organisation/back"


def sent(client):
    """Begin at our side; return where the browser is sent."""
    answer = client.get("/organisation/begin")
    assert answer.status_code == 303
    return answer.location


def returned(client, provider, place=None):
    """Sign in at the organisation; return the address it sends the browser back to."""
    answer = requests.get(place or sent(client), allow_redirects=False, timeout=10)
    assert answer.headers["Location"].startswith(f"{BACK}?")
    return answer.headers["Location"].removeprefix("http://127.0.0.1:8000")


def test_a_whole_sign_in_makes_an_account_that_may_what_the_log_grants(app, organised, provider, scribe):
    client = organised.test_client()
    place = sent(client)
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))
    assert (asked["response_type"], asked["redirect_uri"], asked["code_challenge_method"]) == ("code", BACK, "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    answer = client.get(returned(client, provider, place))
    assert (answer.status_code, answer.location) == (303, "/")
    (account,) = app.accounts.all()
    assert (account.label, account.has_password, account.may_create) == ("mia@fabelby.example", False, False)
    assert client.get("/p/fabelby/people").status_code == 404
    scribe.record("access-granted", {"account": account.id, "role": "facilitator"})
    assert client.get("/p/fabelby/people").status_code == 200


def test_the_same_person_has_the_same_account_and_a_new_session_each_time(app, organised, provider):
    client, secrets = organised.test_client(), []
    for _ in range(2):
        client.get(returned(client, provider))
        secrets.append(client.get_cookie("kurslog_session").value)
    assert len(app.accounts.all()) == 1
    assert app.tokens.caller(secrets[0], "session") is None
    assert app.tokens.caller(secrets[1], "session").role is None


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_signs_nobody_in_they_choose_it_at_the_door(organised, site):
    answer = organised.test_client().get("/organisation/begin", headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.location, "Set-Cookie" in answer.headers) == (303, "/sign-in", False)


def test_a_name_the_organisation_has_not_made_sure_of_finds_nobody(app, organised, provider):
    provider.claims["email_verified"] = False
    client = organised.test_client()
    client.get(returned(client, provider))
    assert (app.accounts.named("mia@fabelby.example"), len(app.accounts.all())) == (None, 1)


def test_a_name_somebody_has_already_is_not_taken_over(app, organised, provider):
    first = app.accounts.create("mia@fabelby.example")
    client = organised.test_client()
    client.get(returned(client, provider))
    assert app.accounts.named("mia@fabelby.example").id == first.id
    assert len(app.accounts.all()) == 2


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "somebody-else"},
        {"aud": ["kurslog-fabelby", "somebody-else"], "azp": "somebody-else"},
        {"nonce": "another"},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 17},
    ],
    ids=" ".join,  # without the hour: every process collects the same tests
)
def test_an_identity_that_does_not_hold_is_refused(app, organised, provider, claims):
    provider.claims |= claims
    assert_refused(app, organised, provider)


@pytest.mark.parametrize("way", ["sign_with_nothing", "sign_with_what_everybody_knows", "sign_with_another_key"])
def test_an_identity_the_organisation_did_not_sign_is_refused(app, organised, provider, way):
    provider.signed = getattr(provider, way)
    assert_refused(app, organised, provider)


def assert_refused(app, organised, provider):
    client = organised.test_client()
    answer = client.get(returned(client, provider))
    assert (answer.status_code, app.accounts.all()) == (403, [])
    assert "Begynd forfra" in answer.text
    assert client.get_cookie("kurslog_session") is None


def test_what_another_browser_began_is_refused(app, organised, provider):
    hers, his = organised.test_client(), organised.test_client()
    place = returned(hers, provider)
    assert his.get(place).status_code == 403
    sent(his)
    assert his.get(place).status_code == 403
    assert app.accounts.all() == []
    assert hers.get(place).status_code == 303


def test_a_code_works_once_and_an_error_is_no_sign_in(app, organised, provider):
    client = organised.test_client()
    place = returned(client, provider)
    client.get(place)
    for again in (place, "/organisation/back?error=access_denied&state=x", "/organisation/back"):
        assert client.get(again).status_code == 403


def test_an_answer_of_another_issuer_is_refused(app, organised, provider):
    client = organised.test_client()
    place = returned(client, provider)
    other = urllib.parse.quote_plus(provider.issuer)
    assert client.get(place.replace(other, "https%3A%2F%2Felsewhere.example")).status_code == 403


def test_no_redirect_of_the_organisations_is_followed(organised, provider):
    provider.moved = f"{provider.issuer}/elsewhere"
    answer = organised.test_client().get("/organisation/begin")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "/elsewhere" not in provider.asked


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_an_address_that_is_not_encrypted_is_not_asked(organised, provider, name):
    document = {**provider.document(), name: "http://elsewhere.example/x"}
    provider.document = lambda: document
    client = organised.test_client()
    answer = client.get("/organisation/begin")
    if answer.status_code == 303:
        answer = client.get(returned(client, provider, answer.location))
    assert answer.status_code == 503


def test_an_issuer_that_calls_itself_something_else_is_not_asked(organised, provider):
    document = {**provider.document(), "issuer": "https://elsewhere.example"}
    provider.document = lambda: document
    assert organised.test_client().get("/organisation/begin").status_code == 503


def test_a_new_key_is_found_without_a_restart(app, organised, provider):
    client = organised.test_client()
    client.get(returned(client, provider))
    provider.key = type(provider.key).generate_key(2048, {"kid": "k2", "use": "sig"})
    assert client.get(returned(client, provider)).status_code == 303


def test_a_closed_account_comes_in_no_more(app, organised, provider):
    client = organised.test_client()
    client.get(returned(client, provider))
    (account,) = app.accounts.all()
    app.accounts.disable(account.id)
    assert client.get("/account").status_code == 404
    assert client.get(returned(client, provider)).status_code == 403


def test_without_an_organisation_the_button_is_not_there(app, scribe, web_of):
    served = app.served()
    client = web_of(served).test_client()
    assert "/organisation/begin" not in client.get("/sign-in").text
    assert client.get("/organisation/begin").status_code == 404
    served.close()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"KURSLOG_OIDC_ISSUER": "https://login.example"}, "set all three or none"),
        ({"KURSLOG_OIDC_ISSUER": "http://login.example", "KURSLOG_OIDC_CLIENT_ID": "x", "KURSLOG_OIDC_CLIENT_SECRET_FILE": "y"}, "https"),
        ({"KURSLOG_OIDC_ISSUER": "https://login.example", "KURSLOG_OIDC_CLIENT_ID": "x", "KURSLOG_OIDC_CLIENT_SECRET_FILE": "y"}, "no such file"),
        ({"KURSLOG_URL": "https://kurslog.example/path"}, "without a path"),
        ({"KURSLOG_PROXIES": "all"}, "0 to 9"),
        ({"KURSLOG_HSTS_SUBDOMAINS": "1"}, "yes or no"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_says_so(tmp_path, more, said):
    with pytest.raises(SettingError, match=said):
        Settings.from_environment({"KURSLOG_HOME": str(tmp_path), **more})
