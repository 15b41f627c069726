"""People are asked before and after, each on their own phone by their own link, and the change is read: by what is visible."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from domain.keeping import AccessRole
from tests.browser.test_evening import follow, press, set_up
from tests.browser.test_me import kept

pytestmark = pytest.mark.browser
CITIZENS = ("Åse Opdigtet", "Bo Påfund", "Cille Digt", "Dan Fabel", "Eja Sagn")
SILENT = "Finn Politisk"
PEOPLE = (*((name, "citizen") for name in CITIZENS), (SILENT, "politician"))
BEFORE, AFTER, THEN = (2, 3, 2, 3, 2), (4, 4, 3, 4, 5), (1, 2, 1, 2, 2)


def to_the_competences(desk):
    desk.get_by_role("navigation", name="Forløbet").get_by_text("Mennesker").click()
    desk.get_by_role("link", name="Kompetencer", exact=True).locator("visible=true").first.click()


def to_the_rounds(desk):
    to_the_competences(desk)
    desk.locator("main").get_by_role("link", name="Spørg deltagerne").or_(
        desk.get_by_role("link", name="Runderne")
    ).first.click()


def open_round(desk, moment):
    to_the_rounds(desk)
    desk.get_by_label(moment, exact=True).check()
    press(desk, "Åbn runden")
    expect(desk.locator(".toast")).to_contain_text("Gemt.")


def links(desk):
    """Make everybody's link from the page of the rounds, and return the addresses by name."""
    follow(desk, "Giv dem hver sit link")
    return made_links(desk)


def made_links(desk):
    """Make a link for each who is ticked, and return the addresses by name."""
    press(desk, "Lav links til dem med hak")
    desk.get_by_text("Som tekst, til at sende").click()
    desk.get_by_role("link", name="Tilbage til listen").wait_for()
    whose, where = desk.locator("dt"), desk.locator("dd.secret")
    return dict(
        zip(whose.all_inner_texts(), (urlsplit(one.strip()).path for one in where.all_inner_texts()), strict=True)
    )


def choose(phone, step, only=None):
    phone.get_by_role("button", name="Gem svaret").wait_for()  # the last of the page: now all of it is there
    for question in phone.locator(".steps5").all()[:only]:
        question.locator("label").nth(step - 1).click()


def sent(phone, step):
    choose(phone, step)
    press(phone, "Gem svaret")


def hold_a_gathering(desk, title=None):
    desk.get_by_role("link", name="I aften").locator("visible=true").first.click()
    if title:
        follow(desk, "Planlæg en samling")
        desk.get_by_label("Titel").fill(title)
        desk.get_by_label("Workshop", exact=True).check()
        press(desk, "Gem")
        desk.get_by_role("link", name="I aften").locator("visible=true").first.click()
    follow(desk, "Hold samlingen")
    press(desk, "Gem")
    expect(desk.locator(".toast")).to_contain_text("Gemt.")


def see_who_has_begun(desk):
    to_the_rounds(desk)
    expect(desk.get_by_text("0 af 6 har svaret. Én er begyndt og ikke færdig.")).to_be_visible()
    expect(desk.get_by_role("row", name=CITIZENS[0])).to_contain_text("ikke færdig")
    kept(desk, "rounds-begun")
    desk.get_by_role("link", name=f"Svararket {CITIZENS[0]}").click()
    expect(desk.locator("main")).to_contain_text("og er ikke færdig")
    expect(desk.locator("input:checked, .hold")).to_have_count(0)


def answer_before(phone, name, step, desk):
    """Answer the round that waits; the first of them is called away after two questions, and finds them again."""
    expect(phone.get_by_role("heading", name="En runde venter på dig")).to_be_visible()
    if name == CITIZENS[0]:
        kept(phone, "me-asked")
    follow(phone, "Svar nu")
    if name == CITIZENS[0]:
        choose(phone, step, only=2)
        kept(phone, "sheet")
        press(phone, "Gem, og tag resten senere")
        expect(phone.get_by_text("Du mangler fem spørgsmål.")).to_be_visible()
        kept(phone, "me-rest")
        see_who_has_begun(desk)
        follow(phone, "Svar på resten")
        expect(phone.locator(".steps5 input:checked")).to_have_count(2)
    sent(phone, step)
    expect(phone.locator(".toast")).to_contain_text("Tak for dit svar")
    expect(phone.locator(".hold b")).to_have_text([str(step)] * 7)


def to_my_page(phone):
    follow(phone, "Min side")


def answer_after(phone, name, now, then):
    """Answer how it is now, then how it was; the second of them lets that wait."""
    to_my_page(phone)
    follow(phone, "Svar nu")
    sent(phone, now)
    expect(phone.locator(".lead")).to_contain_text("Hvordan var det dengang")
    if name == CITIZENS[1]:
        to_my_page(phone)
        expect(phone.get_by_role("heading", name="Der er en side til i runden")).to_be_visible()
        kept(phone, "me-then")
        follow(phone, "Svar nu")
    sent(phone, then)
    to_my_page(phone)
    expect(phone.get_by_role("link", name="Se, hvad du svarede")).to_have_count(3)


def see_who_has_answered(desk):
    """Who answered is seen, and who is missing; what they answered is not."""
    to_the_rounds(desk)
    expect(desk.get_by_text("5 af 6 har svaret.")).to_be_visible()
    expect(desk.get_by_role("link", name="Svar for")).to_have_text([f"Svar for {SILENT}"])
    desk.get_by_text("Har svaret (5)").click()
    kept(desk, "rounds-answered")
    desk.get_by_role("link", name=f"Ret {CITIZENS[0]}").click()
    expect(desk.locator("main")).to_contain_text("Deltageren selv")
    expect(desk.locator("input:checked, .hold")).to_have_count(0)
    follow(desk, "Runderne")


def read_the_change(desk):
    to_the_competences(desk)
    kept(desk, "uplift")
    expect(desk.locator(".lead")).to_have_text(
        "Borgerne vurderer sig selv højere i fire af fire kompetencer. "
        "Om politikerne vises intet: færre end fem har svaret begge gange."
    )
    desk.get_by_text("Sådan var det dengang, set herfra").click()
    expect(desk.get_by_text("sætter de nu sig selv dengang")).to_contain_text("−0,8")
    kept(desk, "uplift")
    desk.get_by_role("link", name="10 svar").first.click()
    expect(desk.locator(".lead")).to_contain_text("10 registreringer")


def test_five_people_answer_on_their_own_phones_before_and_after(visit):
    watched = [visit("facilitator")]
    watched[0].go("/")
    desk = watched[0].page
    set_up(desk, "Rundeby", PEOPLE)
    open_round(desk, "Før start")
    kept(desk, "rounds")
    ways, phones = links(desk), {}
    for name, step in zip(CITIZENS, BEFORE, strict=True):
        watched.append(one := visit(width=390))
        phones[name] = one.page
        one.go(next(way for whose, way in ways.items() if name in whose))
        press(one.page, "Log ind")
        answer_before(one.page, name, step, desk)
    kept(one.page, "said")
    see_who_has_answered(desk)
    press(desk, "Luk runden Før start")
    hold_a_gathering(desk)
    hold_a_gathering(desk, "Den anden samling")
    open_round(desk, "Efter")
    for name, now, then in zip(CITIZENS, AFTER, THEN, strict=True):
        answer_after(phones[name], name, now, then)
    kept(phones[name], "me-answered")
    to_the_rounds(desk)
    press(desk, "Luk runden Efter")
    read_the_change(desk)
    assert [one.complaints + one.outside for one in watched] == [[]] * 6


@pytest.fixture
def phone(visit, kurslog):
    """The phone of somebody who has answered before, and is asked after."""
    secret = kurslog.tokens.create(
        role=AccessRole.PARTICIPANT, process="svar", lasting=dt.timedelta(hours=1), kind="link", participant="p15"
    )
    watched = visit(width=390)
    watched.go(f"/sign-in/{secret}")
    press(watched.page, "Log ind")
    return watched


@pytest.mark.parametrize(("width", "lang"), [(390, "da"), (1280, "en")])
def test_ones_own_sheets_are_for_everybody(phone, width, lang):
    page = phone.page
    page.set_viewport_size({"width": width, "height": 844})
    for path, name in (("me", "me"), ("me/rounds/b", "said"), ("me/rounds/a", "sheet")):
        phone.go(f"/p/svar/{path}?lang={lang}")
        kept(page, f"own-{name}-{lang}")
        assert [
            (one["id"], [node["html"] for node in one["nodes"]]) for one in Axe().run(page).response["violations"]
        ] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
