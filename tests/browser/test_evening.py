"""An evening in the process, by what is visible alone: set it up, gather, write the notes, decide, do, look back, mend."""

import datetime as dt
from urllib.parse import urljoin

import pytest

pytestmark = pytest.mark.browser
PEOPLE = (
    ("Åse Opdigtet", "citizen"),
    ("Bo Påfund", "citizen"),
    ("Cille Digt", "politician"),
    ("Dan Fabel", "employee"),
    ("Eja Sagn", "employee"),
)
NOTES = [f"Seddel nummer {n}: en bænk mere ved stien" for n in range(30)]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()  # what is counted next is there whole


def follow(page, name):
    page.locator("main").get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def set_up(page, name, people=PEOPLE):
    follow(page, "Opret forløb")
    for label, text in (("Titel", f"{name} sætter kurs"), ("Sted", name), ("Kommune", "Fabeldal")):
        page.get_by_label(label).fill(text)
    page.get_by_label("Demokrati").check()
    page.get_by_label("Første dag").fill(dt.datetime.now(dt.UTC).date().isoformat())
    page.get_by_label("Opdigtet").check()
    press(page, "Opret")
    follow(page, "Spring over")
    page.get_by_label("Idéer bliver til handling").check()
    page.get_by_label("Borger", exact=True).check()
    press(page, "Gem, og gå videre")
    for at, (who, role) in enumerate(people, 1):
        if not page.get_by_label(f"Navn {at}", exact=True).count():
            press(page, "Flere linjer")
        page.get_by_label(f"Navn {at}", exact=True).fill(who)
        page.get_by_label(f"Rolle {at}", exact=True).select_option(role)
    press(page, "Gem, og gå videre")
    page.get_by_label("Gruppens navn").fill("Stier og natur")
    page.get_by_label("Åse Opdigtet").check()
    press(page, "Gem, og gå videre")
    press(page, "Gem, og gå videre")
    press(page, "Gem, og gå videre")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_newcomer_lives_in_it_for_an_evening(visit, width):
    page = (watched := visit("facilitator", width=width)).page
    watched.go("/")
    set_up(page, f"Udeby {width}")
    follow(page, "Hold den første samling")
    follow(page, "Hold samlingen")
    press(page, "Gem")
    assert page.locator(".toast").inner_text().startswith("Gemt.")
    page.get_by_role("link", name="I aften").locator("visible=true").first.click()
    follow(page, "Sedler fra bordene")
    press(page, "Begynd ved bordet")
    page.get_by_label("Skriv sedlerne af").fill("\n".join(NOTES))
    press(page, "Gem og tag næste")
    assert page.locator("#count").inner_text() == "30 af ca. 30 sedler"
    page.get_by_role("link", name="Bidrag", exact=True).locator("visible=true").first.click()
    follow(page, "Tag en beslutning")
    page.get_by_label("Spørgsmål").fill("Hvor skal bænken stå?")
    page.locator("[name='data.taken_by.0.actor']").select_option("role/citizen")
    page.get_by_label("Seddel nummer 3:").check()
    page.get_by_label("Seddel nummer 7:").check()
    press(page, "Gem")
    follow(page, "Til beslutningerne")
    assert "Hvor skal bænken stå?" in page.locator("main").inner_text()
    page.get_by_role("link", name="I aften").locator("visible=true").first.click()
    follow(page, "Planlæg en handling")
    page.get_by_label("Titel").fill("Vi sætter en bænk")
    page.get_by_label("Formål").fill("At man kan hvile.")
    page.get_by_label("Sådan kan vi se det").fill("Der sidder nogen.")
    page.locator("[name='data.owners.0']").select_option("role/citizen")
    page.get_by_label("Frist").fill((dt.datetime.now(dt.UTC) + dt.timedelta(days=60)).date().isoformat())
    press(page, "Gem")
    follow(page, "Til handlingerne")
    follow(page, "Gennemført")
    page.get_by_label("Hvad der kom ud af det").fill("En bænk.")
    page.get_by_label("Det lærte vi").fill("Spørg naboen først.")
    press(page, "Gem")
    follow(page, "Til handlingerne")
    assert page.locator(".status.done").count() == 1
    page.get_by_role("link", name="I aften").locator("visible=true").first.click()
    follow(page, "Se tilbage")
    page.get_by_label("Hvad skete der?").fill("Alle kom.")
    page.get_by_label("Af", exact=True).select_option("role/facilitator")
    press(page, "Gem")
    page.locator(".toast a").first.click()
    follow(page, "Ret")
    page.get_by_label("Hvad skete der?").fill("Næsten alle kom.")
    page.get_by_label("Hvad var forkert?").fill("Talt forkert.")
    press(page, "Gem rettelsen")
    assert page.locator(".toast").inner_text().startswith("Rettet.")
    assert "Næsten alle kom." in page.locator("main").inner_text()
    assert watched.complaints == []


def from_the_menu(page, name):
    page.get_by_role("link", name=name, exact=True).locator("visible=true").last.click()
    page.wait_for_load_state()


def ask_round(page, way, moment, step):
    """Open a round, answer it for one person with the same step throughout, and close it."""
    from_the_menu(page, "Kompetencer")
    follow(page, way)
    page.get_by_label(moment).check()
    press(page, "Åbn runden")
    follow(page, "Svar for Åse Opdigtet")
    for question in page.locator(".steps5").all():
        question.locator("label").nth(step - 1).click()
    press(page, "Gem svaret")
    if moment == "Efter":  # then asks how it was before, seen from now: that may wait
        follow(page, "Runderne")
    press(page, f"Luk runden {moment}")
    assert page.locator(".toast").inner_text().startswith("Gemt.")


def test_a_newcomer_asks_before_and_after_and_who_works_together_on_a_phone(visit):
    page = (watched := visit("facilitator", width=390)).page
    watched.go("/")
    set_up(page, "Spørgeby")
    ask_round(page, "Spørg deltagerne", "Før start", 2)
    from_the_menu(page, "Relationer")
    follow(page, "Spørg, hvem der arbejder sammen")
    press(page, "Åbn runden")
    follow(page, "Åse Opdigtet")
    assert page.get_by_text("Bo Påfund").count() == 0  # nobody has said yes to being picked by name
    page.get_by_role("checkbox").first.check()
    press(page, "Gem svaret")
    assert page.locator(".toast").inner_text().startswith("Gemt.")
    ask_round(page, "Runderne", "Efter", 4)
    from_the_menu(page, "Kompetencer")
    assert "færre end fem har svaret" in page.locator(".lead").inner_text()
    for name, heading in (
        ("Relationer", "Relationer"),
        ("Kursen", "Kursen for Spørgeby"),
        ("Belæg", "Belæg"),
        ("Nu", "Nu eller aldrig"),
    ):
        from_the_menu(page, name)
        assert page.locator("h1").inner_text() == heading
    from_the_menu(page, "Rapport")
    assert page.locator("h1").inner_text() == "Rapporter"
    draft = page.get_by_role("link", name="Se udkastet").get_attribute("href")
    report = page.request.get(urljoin(page.url, draft))
    assert (report.status, report.headers["content-type"]) == (200, "application/pdf")
    assert (watched.complaints, watched.outside) == ([], [])


def test_thirty_notes_typed_one_by_one_take_one_button_each(visit):
    """Counts what a hand does: one choice of table, then text and one press for each note; a kind costs one key."""
    page = (watched := visit("facilitator")).page
    watched.go("/p/fabelby/record/table")
    page.get_by_label("Hvilket bord").select_option("bord-7")
    press(page, "Begynd ved bordet")
    presses = 0
    for text in NOTES:
        page.locator("#text:focus").wait_for()
        page.keyboard.type(text)
        press(page, "Gem og tag næste")
        presses += 1
    assert (presses, page.locator(".note").count()) == (30, 30)
    assert page.locator(".note").first.inner_text().startswith(NOTES[-1])
    assert [one.get_attribute("accesskey") for one in page.locator("[name=kind]").all()] == [*"12345678"]
    press(page, "Fortryd")
    assert page.locator(".note").count() == 29
