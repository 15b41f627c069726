"""Wrong tries are counted, where they come from and whom they are about: ten a minute, then a pause.

Counted in the database, so that every process of a server counts together, and in one statement, so that a hundred
tries at once are a hundred. The keys are hashes nobody can turn back without the vault's key.
"""

from __future__ import annotations

import ipaddress
from typing import Final

from service.log.store import Log

MOST: Final = 10
"""How many wrong tries a minute are answered."""
KEY: Final = "/attempts"
"""The vault's key of these hashes; it belongs to no process."""
COUNT: Final = (
    "with over as (select key from access.attempt where began <= now() - interval '1 minute' "
    "and key <> all(%(keys)s) limit 100 for update skip locked), "
    "swept as (delete from access.attempt where key in (select key from over)), "
    "counted as (insert into access.attempt as held (key, tries) select unnest(%(keys)s::bytea[]), 1 "
    "on conflict (key) do update set "
    "tries = case when held.began <= now() - interval '1 minute' then 1 else held.tries + 1 end, "
    "began = case when held.began <= now() - interval '1 minute' then now() else held.began end "
    "returning tries, began) "
    "select max(tries) as tries, "
    "ceil(extract(epoch from max(began) filter (where tries > %(most)s) + interval '1 minute' - now()))::int "
    "as seconds from counted"
)
TAKE_BACK: Final = "update access.attempt set tries = greatest(tries - 1, 0) where key = any(%s)"


class TooManyError(Exception):
    """There were too many wrong tries; ``seconds`` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"Too many tries. Wait {seconds} seconds.")


class Attempts:
    """The wrong tries at one cell."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def count(self, kind: str, address: str | None, whom: str = "") -> None:
        """Count a try: a wrong one, or one that is not judged yet and taken back if it is right.

        Args:
            kind: what is tried: each kind has a count of its own.
            address: where it comes from; None when that is not known, as in a test.
            whom: the account it is about, if it names one.

        Raises:
            TooManyError: when there have been too many from there, or about that account. It was counted all the same.
        """
        counted = {"keys": self._keys(kind, address, whom), "most": MOST}
        with self._log.connection() as connection:
            row = connection.execute(COUNT, counted).fetchone()
        if row and row["tries"] > MOST:
            raise TooManyError(max(row["seconds"], 1))

    def take_back(self, kind: str, address: str | None, whom: str = "") -> None:
        """Count a try that was right no more."""
        counted = self._keys(kind, address, whom)
        with self._log.connection() as connection:
            connection.execute(TAKE_BACK, (counted,))

    def _keys(self, kind: str, address: str | None, whom: str) -> list[bytes]:
        named = [f"{kind} from {prefix(address)}", *([f"{kind} at {whom}"] if whom else [])]
        return sorted(self._log.vault.digest(KEY, one) for one in named)


def prefix(address: str | None) -> str:
    """Return what of an address is one household's: all of an IPv4, the first 64 bits of an IPv6."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)
