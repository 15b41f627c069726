"""Pages of a process: of some types, of one thing, forwards and backwards; and what the database reads for them."""

import itertools
from collections import Counter

import psycopg
import pytest

from service.log.reading import LAST, process_page

RARE, OFTEN = "gathering-held.v1", "contribution-made.v1"
PLACES = (0, 1, 700, 10**9)


@pytest.fixture(scope="session")
def whole(read_twin):
    return list(read_twin.reader.walk("fabelby"))


MANY = [RARE, OFTEN, "decision-made.v1", "role-assumed.v1", "action-planned.v1", "hours-logged.v1", "group-joined.v1"]


@pytest.mark.parametrize(
    "types", [None, [RARE], [OFTEN, RARE], [RARE, RARE], ["event-corrected.v1"], ["unheard-of.v1"], MANY]
)
@pytest.mark.parametrize("subject", [None, "participant/p1", "gathering/nowhere"])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_page_is_what_it_asks_for_from_its_place_on(read_twin, whole, types, subject, backwards):
    fitting = [
        event
        for event in whole
        if (types is None or event.type in types) and (subject is None or event.subject == subject)
    ]
    for place, limit, until in itertools.product(PLACES, (1, 7, 5000), (900, LAST)):
        if backwards:
            wanted = [event for event in reversed(fitting) if event.position < (place or LAST)]
        else:
            wanted = [event for event in fitting if event.position > place]
        wanted = [event for event in wanted if event.position <= until][:limit]
        asked = {"types": types, "subject": subject, "backwards": backwards}
        page = read_twin.reader.process_page("fabelby", after=place, until=until, limit=limit, **asked)
        assert [event.position for event in page] == [event.position for event in wanted]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
def test_the_few_entries_of_a_type_are_read_and_not_all_of_the_process(read_twin, backwards, plan):
    """Whether PostgreSQL has seen the values or plans for any: the index of types, and no more rows than there are."""
    wanted = len(list(read_twin.reader.walk("fabelby", types=[RARE])))
    statement = process_page(of_types=1, of_subject=False, backwards=backwards)
    values = {"types": [RARE], "process": "fabelby", "start": LAST if backwards else 0, "until": LAST, "limit": 300}
    with psycopg.connect(read_twin.dsn) as connection:
        connection.execute(f"set plan_cache_mode = {plan}")
        for name in values:
            statement = statement.replace(f"%({name})s", f"${list(values).index(name) + 1}")
        connection.execute(f"prepare page (text[], text, bigint, bigint, bigint) as {statement}")
        asked = ", ".join(psycopg.sql.Literal(value).as_string() for value in values.values())
        rows = connection.execute(f"explain (analyze, format json) execute page ({asked})").fetchone()[0]
    read = dict(scans(rows[0]["Plan"]))
    assert 0 < wanted < 20
    assert read == {"event_of_type": wanted}


def test_of_many_types_no_more_than_the_process_is_read(read_twin, whole):
    """A page of each type by itself would be read seven times as often as it is shown."""
    start, limit = 700, 100
    often = [name for name, _ in Counter(event.type for event in whole if event.position > start).most_common(7)]
    statement = process_page(of_types=len(often), of_subject=False, backwards=False)
    values = {"types": often, "process": "fabelby", "start": start, "until": LAST, "limit": limit}
    with psycopg.connect(read_twin.dsn) as connection:
        plan = connection.execute(f"explain (analyze, format json) {statement}", values).fetchone()[0][0]["Plan"]
    last = [event.position for event in whole if event.type in often and event.position > start][limit - 1]
    assert sum(rows for _, rows in scans(plan)) <= last - start


def scans(plan):
    """Yield the index and the rows, thrown away ones included, of each scan of the log."""
    if "Index Name" in plan:
        yield plan["Index Name"], (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    assert plan["Node Type"] != "Seq Scan"
    for below in plan.get("Plans", ()):
        yield from scans(below)
