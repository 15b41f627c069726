"""All groups of lines, in the order they are measured and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from service.bench import appending, holding, paging, peers, querying, rebuilding, seeing, serving, starting, writing
from service.bench.kernel import Bench, Group
from service.bench.result import Result, missing

GROUPS: Final[dict[str, Group]] = {
    "append-1": appending.one,
    "append-100": appending.hundred,
    "append-5000": appending.thousands,
    "peers": peers.peers,
    "writers-8": writing.eight,
    "rebuild": rebuilding.rebuild,
    "visible": seeing.visible,
    "query": querying.queries,
    "growth": querying.growth,
    "http": serving.http,
    "pages": paging.pages,
    "memory": holding.memory,
    "start": starting.start,
}
"""What people type -> what measures it."""


def run(bench: Bench, names: list[str], said: Callable[[str], None]) -> Iterator[Result]:
    """Yield the lines of these groups as they come; one that fails is told in a line, and the others go on.

    Args:
        bench: where and how much.
        names: of groups.
        said: told which group begins.
    """
    for name in names:
        said(name)
        try:
            yield from GROUPS[name](bench)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, it is said, and the bench goes on
            what = f"{type(error).__name__}: {error}"
            yield missing(name, ("kunne ikke måles", "could not be measured"), (what, what))
