"""House rules about the repository as a whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-test.lock"]

# An absolute path on somebody's disk; a URL's path and a relative one follow a word.
MACHINE_PATH = re.compile(r"(?<![\w.)}-])/(?:root|home|Users|opt|work|mnt)/[\w.]")
# In two pieces each, so that this file does not hold what it forbids.
REGISTRY_HOSTS = [
    ("py", r"pi\.org"),
    ("python", r"hosted\.org"),
    ("npm", r"js\.(?:com|org)"),
    ("deb", r"\.debian\.org"),
    ("proxy", r"\.golang\.org"),
    ("crates", r"\.io"),
]
REGISTRY_HOST = re.compile("|".join(rf"\b{head}{tail}\b" for head, tail in REGISTRY_HOSTS))


def committed_files() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listing.returncode:
        pytest.skip("not a git repository: nothing says which files belong to it")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Every line of the repository's texts that the pattern finds, as path:number: line."""
    found = []
    for path in committed_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if pattern.search(line)
        ]
    return found


def test_no_file_names_a_path_of_somebodys_machine():
    assert lines_with(MACHINE_PATH) == []


@pytest.mark.skipif(len(ROOT.parts) <= 2, reason="a folder right under / has too common a name to search for")
def test_no_file_names_this_very_folder():
    assert lines_with(re.compile(re.escape(str(ROOT)) + r"\b")) == []


def test_no_file_names_the_host_of_a_package_registry():
    assert lines_with(REGISTRY_HOST) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_hashes_and_names_no_source(lock):
    logical_lines = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    requirements = [line for line in logical_lines if line.strip() and not line.lstrip().startswith("#")]

    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+\s+--hash=sha256:[0-9a-f]{64}", requirement), requirement


def test_the_two_locks_agree():
    runtime, everything = (
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in LOCKS
    )

    assert runtime.items() <= everything.items()


def test_the_import_contracts_hold():
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )

    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_personal_text_is_read_through_one_door():
    inside = {"service/security/reading.py", "service/log/vault.py", "service/record.py"}
    reading = re.compile(r"vault\.(?:texts|said|first_texts)\b")
    found = {
        str(path.relative_to(ROOT)) for path in (ROOT / "service").rglob("*.py") if reading.search(path.read_text())
    }
    assert found <= inside
