"""The wheel is whole: it runs the demo away from the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["domain", "projections", "service"]
CLI = ROOT / "service" / "cli" / "main.py"

pytestmark = pytest.mark.slow


def run(command, *, cwd, **environment):
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        cwd=folder,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("kurslog-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    done = run([*pip, "install", "--no-index", "--no-deps", "--target", folder, wheel], cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }

    assert expected <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_nothing_but_the_packages_and_its_metadata(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_installed_packages_shadow_the_repository(installed, tmp_path):
    where = run([sys.executable, "-c", "import service; print(service.__file__)"], cwd=tmp_path, PYTHONPATH=installed)

    assert Path(where.stdout.strip()) == installed / "service" / "__init__.py"


@pytest.mark.skipif(not CLI.exists(), reason="the command line is not written yet")
def test_the_demo_runs_from_the_wheel(installed, tmp_path):
    surroundings = {"PYTHONPATH": installed, "KURSLOG_HOME": tmp_path / "home", "KURSLOG_LANGUAGE": "en"}
    kurslog = installed / "bin" / "kurslog"

    demo = run([kurslog, "demo", "--no-serve"], cwd=tmp_path, **surroundings)
    assert demo.returncode == 0, demo.stdout + demo.stderr

    timeline = run([kurslog, "query", "knabstrup", "timeline", "--format", "json"], cwd=tmp_path, **surroundings)
    assert timeline.returncode == 0, timeline.stdout + timeline.stderr
    assert "2019-01-27" in timeline.stdout
