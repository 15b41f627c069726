"""How long the audit of a long log takes. By hand: ``python tests/ledger/measure.py [EVENTS]``; it makes a scratch folder.

Rows are made in the database, since writing a million through the rules takes far longer than what is measured.
"""

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from service.app import Kurslog
from service.cluster import Cluster
from service.log.auditing import audit, audit_texts
from service.log.migrate import migrate
from service.settings import Settings

ROWS = """
insert into log.event (notification_id, originator_id, originator_version, topic, state, process, subject, event_id, recorded_at)
select n, 'fabelby/contribution/c-' || n, 1, 'contribution-made.v1',
    convert_to('{"data":{"author":{"kind":"anonymous"},"contribution_id":"c-' || n || '","kind":"idea","text":{"key":"fabelby/contribution/c-'
        || n || '","sha256":"' || encode(sha256(n::text::bytea), 'hex') || '"}},"id":"' || gen_random_uuid() || '"}', 'UTF8'),
    'fabelby', 'contribution/c-' || n, gen_random_uuid(), 1790000000000000 + n
from generate_series(1, %s) n
"""


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def spent():
    """Return the seconds of processor time of this process and of those it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(events):
    home = Path(tempfile.mkdtemp(prefix="kurslog-measure-"))
    home.chmod(0o711)
    cluster = Cluster(home)
    dsn = cluster.start()
    try:
        migrate(dsn)
        measure(Kurslog(Settings(home=home, master_key_file=home / "master.key"), dsn), events)
    finally:
        cluster.stop(wait_seconds=20)
        shutil.rmtree(home, ignore_errors=True)


def measure(app, events):
    with psycopg.connect(app.dsn, autocommit=True) as connection:
        connection.execute(ROWS, (events,))
        connection.execute("vacuum analyze log.event")
    signing = app.signing()
    clock = time.perf_counter()
    while signing.step():
        pass
    say(f"signed {events} events in {time.perf_counter() - clock:.1f} s")
    clock, before = time.perf_counter(), spent()
    found = audit(app.dsn, app.ledger_key)
    say(f"audited in {time.perf_counter() - clock:.1f} s: {found}")
    say(f"processor time of the audit, without the database: {spent() - before:.1f} s")
    own, others = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    say(f"memory: {own} MB, and at most {others} MB in each process beside it")
    clock = time.perf_counter()
    say(f"texts: {audit_texts(app.dsn)}, {time.perf_counter() - clock:.1f} s (none is in the vault)")
    app.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
