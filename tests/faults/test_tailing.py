"""A reader that follows the log by position beside sixteen writers sees every position, in order."""

import threading

from service.app import Kurslog

WRITERS, APPS = 16, 4


def test_tailing_beside_sixteen_writers(app, scribe, settings, stack, often, counts):
    each, seen, done, faults = often(10, 200), [], threading.Event(), []
    apps = [Kurslog(settings, app.dsn) for _ in range(APPS)]
    for one in apps:
        stack.callback(one.close)

    def tail():
        while not done.is_set() or (seen and seen[-1] < app.reader.head()):
            seen.extend(event.position for event in app.reader.page(seen[-1] if seen else 0, 7))

    def write(number):
        try:
            mine = type(scribe)(apps[number % APPS])
            for count in range(each):
                mine.contribute(f"c-{number}-{count}")
        except Exception as error:
            faults.append(error)

    reader = threading.Thread(target=tail)
    reader.start()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join(60)
    missed = set(range(1, app.reader.head() + 1)) - set(seen)
    counts(f"{len(seen)} positions seen, {len(missed)} missed, {len(seen) - len(set(seen))} twice")
    assert faults == []
    assert seen == list(range(1, 2 + WRITERS * each))
