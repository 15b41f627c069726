"""What docs/operations.md shows for systemd is what systemd takes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
UNITS = dict(re.findall(r"^```ini\n# /etc/systemd/system/(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
ANALYZE = shutil.which("systemd-analyze")


def test_the_page_shows_a_unit_for_each_part():
    services = {"web", "worker", "signer", "backup", "drill"}

    assert set(UNITS) == {f"kurslog-{name}.service" for name in services} | {
        "kurslog-backup.timer",
        "kurslog-drill.timer",
    }


def test_no_two_of_web_worker_and_signer_share_an_account_or_a_role():
    for what in (r"^User=(\S+)$", r"dbname=kurslog user=(\w+)"):
        found = [
            re.findall(what, UNITS[f"kurslog-{name}.service"], re.MULTILINE) for name in ("web", "worker", "signer")
        ]
        assert len({one for (one,) in found}) == 3


def test_the_signer_is_not_given_the_master_key():
    assert "master.key" not in UNITS["kurslog-signer.service"]


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here")
def test_systemd_takes_every_unit(tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name, text in UNITS.items():
        (tmp_path / name).write_text(re.sub(r"^(ExecStart=)/srv/\S+", rf"\g<1>{program}", text, flags=re.MULTILINE))

    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", *(str(tmp_path / name) for name in sorted(UNITS))],
        capture_output=True,
        text=True,
        check=False,
    )

    ours = [line for line in done.stderr.splitlines() if "kurslog" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
