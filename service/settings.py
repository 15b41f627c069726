"""Settings, from the environment; units in the names."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

FILE_MAX_MB: Final = 100
LOG_LEVELS: Final = ("info", "warning", "error")
PROXIES_MAX: Final = 9
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+")


class SettingError(Exception):
    """A setting has a value that cannot be used; the message says which and what it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """The organisation people may sign in through, and what we are called and known by there."""

    issuer: str
    client_id: str
    client_secret_file: Path

    @property
    def client_secret(self) -> str:
        """What we show the organisation; read anew each time, so that a new one needs no restart."""
        return self.client_secret_file.read_text("utf-8").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set.

    ``home`` holds the data (embedded server, keys); ``database_url`` names a PostgreSQL server instead of the embedded.
    """

    home: Path
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    language: str = "da"
    file_max_bytes: int = 12 * 2**20
    master_key_file: Path
    signer_key_file: Path | None = None
    ledger_origin: str | None = None
    witnesses_file: Path | None = None
    erasures_file: Path | None = None
    log_level: str = "info"
    url: str | None = None
    """The public address, as people type it; without it, this machine's."""
    proxies: int = 0
    """How many proxies stand in front and say for whom they ask."""
    hosts: frozenset[str] = frozenset()
    """Other names people may reach this Kurslog by."""
    hsts_subdomains: bool = False
    """Whether every name below the public address is spoken to by https, too; who runs it knows, we do not."""
    oidc: Oidc | None = None

    @property
    def address(self) -> str:
        """Where people find this Kurslog; links are made with it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.url or f"http://{host}:{self.port}"

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """The names a request may ask for: this machine's own, where it serves, its public address, and what is set."""
        public = urlsplit(self.url or "").hostname
        return LOOPBACK | self.hosts | {self.host.lower()} | ({public} if public else frozenset())

    @property
    def signer_key(self) -> Path:
        """Where the signer's key lies."""
        return self.signer_key_file or self.home / "signer.key"

    @property
    def verifier_key(self) -> Path:
        """Where its public half lies, beside it."""
        return self.signer_key.with_suffix(".pub")

    @property
    def signed_last(self) -> Path:
        """Where the signer keeps what it signed last, beside its key."""
        return self.signer_key.with_suffix(".last")

    @property
    def witnesses(self) -> Path:
        """Where the keys of witnesses stand, one a line; without the file there are none."""
        return self.witnesses_file or self.home / "witnesses"

    @property
    def erasures(self) -> Path:
        """The list of what was erased or redacted, so that no backup brings it back; best kept on another disk."""
        return self.erasures_file or self.home / "erasures.ndjson"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read ``KURSLOG_*``.

        Raises:
            SettingError: when one cannot be used.
        """
        home = (
            Path(environment.get("KURSLOG_HOME") or Path.home() / ".local" / "share" / "kurslog")
            .expanduser()
            .absolute()
        )
        language = environment.get("KURSLOG_LANGUAGE") or _language(
            environment.get("LC_ALL") or environment.get("LANG") or "da"
        )
        if language not in {"da", "en"}:
            raise SettingError(f"KURSLOG_LANGUAGE is {language!r}; it may be da or en.")
        port = environment.get("KURSLOG_PORT") or "8000"
        if not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004 - the range of ports
            raise SettingError(f"KURSLOG_PORT is {port!r}; it may be 1 to 65535.")
        level = (environment.get("KURSLOG_LOG_LEVEL") or "info").lower()
        if level not in LOG_LEVELS:
            raise SettingError(f"KURSLOG_LOG_LEVEL is {level!r}; it may be {', '.join(LOG_LEVELS)}.")
        megabytes = environment.get("KURSLOG_FILE_MAX_MB") or "12"
        if not megabytes.isdigit() or not 0 < int(megabytes) <= FILE_MAX_MB:
            raise SettingError(f"KURSLOG_FILE_MAX_MB is {megabytes!r}; it may be 1 to {FILE_MAX_MB}.")
        return cls(
            home=home,
            file_max_bytes=int(megabytes) * 2**20,
            database_url=environment.get("KURSLOG_DATABASE_URL") or None,
            host=environment.get("KURSLOG_HOST") or "127.0.0.1",
            port=int(port),
            log_level=level,
            language=language,
            master_key_file=_file(environment.get("KURSLOG_MASTER_KEY_FILE")) or home / "master.key",
            signer_key_file=_file(environment.get("KURSLOG_SIGNER_KEY_FILE")),
            ledger_origin=environment.get("KURSLOG_LEDGER_ORIGIN") or None,
            witnesses_file=_file(environment.get("KURSLOG_WITNESSES_FILE")),
            erasures_file=_file(environment.get("KURSLOG_ERASURES_FILE")),
            url=_url(environment.get("KURSLOG_URL")),
            proxies=_proxies(environment.get("KURSLOG_PROXIES") or "0"),
            hosts=_hosts(environment.get("KURSLOG_HOSTS") or ""),
            hsts_subdomains=_yes(environment, "KURSLOG_HSTS_SUBDOMAINS"),
            oidc=_oidc(environment),
        )


def _url(text: str | None) -> str | None:
    if not text:
        return None
    parts = urlsplit(text.rstrip("/"))
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or text.rstrip("/") != f"{parts.scheme}://{parts.netloc}"
    ):
        raise SettingError(
            f"KURSLOG_URL is {text!r}; it may be an address such as https://kurslog.example, without a path."
        )
    return text.rstrip("/")


def _proxies(text: str) -> int:
    if not text.isdigit() or int(text) > PROXIES_MAX:
        raise SettingError(f"KURSLOG_PROXIES is {text!r}; it may be 0 to {PROXIES_MAX}.")
    return int(text)


def _yes(environment: Mapping[str, str], name: str) -> bool:
    said = environment.get(name) or "no"
    if said not in {"yes", "no"}:
        raise SettingError(f"{name} is {said!r}; it may be yes or no.")
    return said == "yes"


def _hosts(text: str) -> frozenset[str]:
    hosts = [host.strip().lower() for host in text.split(",") if host.strip()]
    for host in hosts:
        if not HOST.fullmatch(host):
            raise SettingError(f"KURSLOG_HOSTS has {host!r}; it may be names, commas between.")
    return frozenset(hosts)


def _oidc(environment: Mapping[str, str]) -> Oidc | None:
    names = "KURSLOG_OIDC_ISSUER", "KURSLOG_OIDC_CLIENT_ID", "KURSLOG_OIDC_CLIENT_SECRET_FILE"
    issuer, client_id, secret = (environment.get(name) or "" for name in names)
    if not (issuer or client_id or secret):
        return None
    if not (issuer and client_id and secret):
        raise SettingError(f"{', '.join(names)} go together; set all three or none.")
    if not trustworthy(issuer):
        raise SettingError(f"KURSLOG_OIDC_ISSUER is {issuer!r}; it may be an https address.")
    file = Path(secret).expanduser().absolute()
    if not file.is_file():
        raise SettingError(f"KURSLOG_OIDC_CLIENT_SECRET_FILE is {secret!r}; there is no such file.")
    return Oidc(issuer=issuer, client_id=client_id, client_secret_file=file)


def trustworthy(address: str, issuer: str | None = None) -> bool:
    """Return whether an address may be asked: https; or this machine, if the issuer is on it, too."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and _local(parts.hostname) and (issuer is None or _local(urlsplit(issuer).hostname))


def _local(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _file(path: str | None) -> Path | None:
    return Path(path).expanduser().absolute() if path else None


def _language(locale: str) -> str:
    return "en" if locale.startswith("en") else "da"
