"""What the documents name exists: files they link to, commands they show, paths they mention; and their examples run."""

import __future__

import datetime as dt
import re
from pathlib import Path
from uuid import UUID

import click
import pytest

import domain.gathering
from domain.kernel import DECLARED, REGISTRY, THINGS, Envelope, state_of, subject_of
from domain.refusals import RULES, Refused, Rule
from domain.vocabulary import Purpose, Visibility
from projections.kernel import FOREVER, Request, as_of
from service.cli.main import main

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:[\w./]*/)?kurslog +(\S.*)$", re.MULTILINE)
PATH = re.compile(r"(?<![\w./-])(?:domain|projections|service)/[\w./*-]*")


def each(pattern):
    """Every find of a pattern in a document, for a test of its own."""
    found = [
        (document, match)
        for document in DOCUMENTS
        for match in sorted(set(pattern(document.read_text(encoding="utf-8"))))
    ]
    return [
        pytest.param(document, match, id=f"{document.relative_to(ROOT)}: {match}"[:120]) for document, match in found
    ]


def links(text):
    return LINK.findall(text)


def commands(text):
    """Return the command lines that blocks and inline code show, without their comments."""
    blocks = FENCE.findall(text)
    shown = "\n".join([*blocks, *CODE.findall(FENCE.sub("", text))]).replace("\\\n", " ")
    return [line.partition(" #")[0].strip() for line in COMMAND.findall(shown)]


def paths(text):
    return [path.rstrip(".") for path in PATH.findall(text)]


@pytest.mark.parametrize(("document", "link"), each(links))
def test_a_relative_link_leads_to_a_file(document, link):
    assert (document.parent / link).exists()


@pytest.mark.parametrize(("document", "line"), each(commands))
def test_a_command_line_names_a_command_and_its_options(document, line):
    command, words = main, line.split()
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        name = words.pop(0)
        assert name in command.commands, f"There is no command {name!r}."
        command = command.commands[name]

    context = click.Context(command)
    options = {option for item in command.get_params(context) for option in item.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(("document", "path"), each(paths))
def test_a_path_of_the_three_packages_exists(document, path):
    assert any(ROOT.glob(path.rstrip("/")))


def test_the_documents_are_found_and_say_something():
    shown = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)

    assert len(DOCUMENTS) > 20
    assert all((links(shown), commands(shown), paths(shown)))


def test_every_page_of_the_handbook_is_there_in_both_languages():
    danish, english = (sorted((ROOT / "docs" / "handbook" / language).glob("*.md")) for language in ("da", "en"))

    assert len(danish) == len(english)


# ------------------------------------------------------------------ the examples of CONTRIBUTING
BLOCKS = re.findall(
    r"^```python\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


def run(words, names):
    """Run the one block that holds these words, as a module of today's would be."""
    (block,) = (block for block in BLOCKS if words in block)
    code = compile(block, "CONTRIBUTING.md", "exec", flags=__future__.annotations.compiler_flag)
    exec(code, names)  # noqa: S102 - the example is ours


@pytest.fixture
def declared():
    """Let a test declare what it likes, and forget it afterwards."""
    before = [(held, dict(held)) for held in (REGISTRY, DECLARED, THINGS, RULES)]
    yield
    for held, was in before:
        held.clear()
        held.update(was)


@pytest.fixture
def meals(declared, monkeypatch):
    """Follow CONTRIBUTING: declare its event and its rule in gathering, then import its projection."""
    RULES["meal-without-eaters"] = Rule("Ingen spiste med.", "Nobody ate.")
    names, projection = dict(vars(domain.gathering)), {"__name__": "projections.meals"}
    run('@event("meal-shared.v1"', names)
    run("def admit_meal", names)
    monkeypatch.setattr(domain.gathering, "MealShared", names["MealShared"], raising=False)
    run("@meals.on", projection)
    return projection["meals"], names["MealShared"]


def envelope(data):
    event_id = UUID(int=1)
    return Envelope(
        id=event_id,
        process="fabelby",
        time=dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC),
        data=data,
        subject=subject_of(data, event_id, "fabelby"),
        recordedby="a",
        visibility=Visibility.PUBLIC,
        purpose=Purpose.EVALUATION,
        position=1,
    )


def test_the_example_event_meets_the_example_rule(meals):
    _, meal = meals
    shared = envelope(meal(gathering_id="workshop", title="Soup", eaters=0))

    with pytest.raises(Refused, match="Nobody ate"):
        THINGS["meal-shared"].admit(state_of("meal-shared", []), shared, None)


def test_the_example_projection_counts_the_example_event(meals):
    projection, meal = meals
    shared = envelope(meal(gathering_id="workshop", title="Soup", eaters=40))

    states = as_of(projection, [shared], 1, FOREVER - 1)
    data = projection.query(states, Request("fabelby")).data

    assert (data["count"].value, data["meals"][0]["title"], data["meals"][0]["events"].events) == (1, "Soup", (1,))
