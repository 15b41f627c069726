"""How the command line speaks: in the person's language, words on stderr, data on stdout."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import click

from service.settings import SettingError, Settings

REFUSED = 1
WRONG_USAGE = 2


def spoken() -> str:
    """Return the person's language."""
    try:
        return Settings.from_environment().language
    except SettingError:
        return "da"


def t(da: str, en: str) -> str:
    """Return the sentence in the person's language."""
    return da if spoken() == "da" else en


def words(sentence: str) -> None:
    """Say something beside the data."""
    click.echo(sentence, err=True)


def refuse(sentence: str) -> SystemExit:
    """Say why not, and end with 1."""
    words(sentence)
    return SystemExit(REFUSED)


@contextlib.contextmanager
def progress(total: int, da: str, en: str) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many are done; it draws a bar where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=total, label=t(da, en), file=sys.stderr, show_pos=True, show_percent=False) as bar:

        def told(done: int) -> None:
            bar.update(max(0, min(done, total) - bar.pos))

        yield told
