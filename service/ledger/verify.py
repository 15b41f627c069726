"""Verifying: what is said of the log, against a checkpoint that somebody else may hold.

This file stands alone. It needs Python 3.11 and the package ``cryptography``, and nothing of Kurslog: copy it, read it,
run it: ``python verify.py REPORT PROOF --key VKEY``.

Formats: RFC 6962 hashes, C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import datetime as dt
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
DEPTH_MAX: Final = 64
"""No tree is deeper: a longer proof is refused unread."""
NOTE: Final = b"\x01"
COSIGNATURE: Final = b"\x04"
SIGNATURES_MAX: Final = 100
NOTE_MAX_BYTES: Final = 1_000_000
PROOF_HEADER: Final = "c2sp.org/tlog-proof@v1"
NOT_ACCEPTED: Final = 1
WRONG_USAGE: Final = 2
ENTRY_HEADER: Final = "kurslog-entry/1"
ENTRY_FIELDS: Final = ("position", "stream", "version", "type", "process", "subject", "id", "recorded_at")


class ProofError(ValueError):
    """What was claimed does not follow; the message says where it breaks."""


# ------------------------------------------------------------------ hashes and proofs (RFC 6962, RFC 9162 section 2.1)
def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf is at ``index`` (from 0) of the tree of ``size`` leaves with this root.

    Raises:
        ProofError: when it does not follow.
    """
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    _check_hashes([leaf, root, *path])
    at, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            raise ProofError("The proof is longer than the tree is deep.")
        if at & 1 or at == last:
            found = node_hash(beside, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("The proof is shorter than the tree is deep.")
    if found != root:
        raise ProofError("The entry does not lead to the root: it, or the proof, was changed.")


def check_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of ``new`` leaves begins with the tree of ``old`` leaves.

    Raises:
        ProofError: when it does not follow.
    """
    if not 0 <= old <= new:
        raise ProofError(f"A tree of {old} is no beginning of a tree of {new}.")
    _check_hashes([old_root, new_root, *path])
    if old in {0, new}:
        if path:
            raise ProofError("Nothing is left to prove, and the proof is not empty.")
        if old_root != (new_root if old else EMPTY_ROOT):
            raise ProofError("Two trees of one size have different roots: the log was changed or forked.")
    elif _walked(old, new, [old_root, *path] if old & (old - 1) == 0 else path) != (old_root, new_root):
        raise ProofError("The new tree does not begin with the old: the log was changed or forked.")


def _walked(old: int, new: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots, old and new, that the nodes of a consistency proof lead to."""
    if not nodes:
        raise ProofError("The proof is empty.")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    begun = whole = nodes[0]
    for beside in nodes[1:]:
        if last == 0:
            raise ProofError("The proof is longer than the tree is deep.")
        if at & 1 or at == last:
            begun, whole = node_hash(beside, begun), node_hash(beside, whole)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            whole = node_hash(whole, beside)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("The proof is shorter than the tree is deep.")
    return begun, whole


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > DEPTH_MAX + 3:
        raise ProofError("The proof is longer than any tree is deep.")
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError("A hash has 32 bytes.")


# ------------------------------------------------------------------ signed notes (C2SP signed-note, tlog-cosignature)
@dataclass(frozen=True, slots=True)
class Key:
    """A key to verify with: ``name+id+base64(type and public key)``; the type says note or cosignature."""

    name: str
    kind: bytes
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that a signature names it by."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    @classmethod
    def read(cls, text: str) -> Key:
        """Read a verifier key as it is written.

        Raises:
            ProofError: when it is none.
        """
        name, _, rest = text.strip().partition("+")
        id_, _, material = rest.partition("+")
        raw = _base64(material, "the key")
        key = cls(name, raw[:1], raw[1:])
        if not _is_name(name) or key.kind not in {NOTE, COSIGNATURE} or len(key.public) != HASH_BYTES:
            raise ProofError("That is no verifier key: name+id+key, as the log's owner publishes it.")
        if key.id.hex() != id_:
            raise ProofError("The verifier key was copied wrongly: its parts do not belong together.")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    def check(self, signature: bytes, text: str) -> int | None:
        """Check a signature over a note's text; a cosignature's moment (seconds since 1970) is returned.

        Raises:
            ProofError: when it is not of this key over this text.
        """
        moment = None
        said = text.encode()
        if self.kind == COSIGNATURE:
            moment = int.from_bytes(signature[:8], "big")
            signature, said = signature[8:], cosigned(moment, text)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, said)
        except (InvalidSignature, ValueError) as error:
            raise ProofError(f"The signature of {self.name} is not over this text: one of them was changed.") from error
        return moment


def cosigned(moment: int, text: str) -> bytes:
    """Return what a witness signs: the moment in seconds since 1970, and the checkpoint."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it was read: its text, and its signatures by name; nothing of it holds before `signed_by`."""

    text: str
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def read(cls, note: str) -> Note:
        """Take a note apart.

        Raises:
            ProofError: when it is malformed.
        """
        text, cut, signed = note.rpartition("\n\n")
        if not cut or not signed.endswith("\n") or len(note) > NOTE_MAX_BYTES:
            raise ProofError("That is no signed note: a text, an empty line, and signatures.")
        if any(ord(sign) < ord(" ") and sign != "\n" for sign in note):
            raise ProofError("A note has no control characters.")
        lines = signed[:-1].split("\n")
        if len(lines) > SIGNATURES_MAX:
            raise ProofError(f"A note has at most {SIGNATURES_MAX} signatures.")
        return cls(text + "\n", tuple(_signature(line) for line in lines))

    def signed_by(self, keys: Iterable[Key]) -> dict[str, int | None]:
        """Return which of these keys signed, by name, with the moment of a cosignature.

        Signatures of others are passed over. Every signature of a known key must hold.

        Raises:
            ProofError: when one does not.
        """
        found: dict[str, int | None] = {}
        for key in keys:
            for name, signature in self.signatures:
                if name == key.name and signature[:4] == key.id:
                    if name in found:
                        raise ProofError(f"{name} has signed twice.")
                    found[name] = key.check(signature[4:], self.text)
        return found


def _signature(line: str) -> tuple[str, bytes]:
    mark, _, rest = line.partition(" ")
    name, _, signature = rest.partition(" ")
    raw = _base64(signature, "a signature")
    if mark != "—" or not _is_name(name) or len(raw) <= 4:  # noqa: PLR2004 - the key's id
        raise ProofError("A signature is a line: —, a name, and base64.")
    return name, raw


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def _base64(text: str, what: str) -> bytes:
    """Decode strictly: only the one spelling that encoding gives, so that no bit of it can be changed."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError(f"The base64 of {what} is broken.") from error
    if base64.b64encode(raw).decode() != text:
        raise ProofError(f"The base64 of {what} is not as it was written.")
    return raw


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()) or str(int(text[:20])) != text:
        raise ProofError(f"{what} is no number: {text[:20]!r}.")
    return int(text)


# ------------------------------------------------------------------ checkpoints, proofs and entries
@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The whole log at one moment: whose it is, how many entries, and their root."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint's note.

        Raises:
            ProofError: when it is malformed.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:  # noqa: PLR2004 - origin, size, root, and the last newline
            raise ProofError("A checkpoint is three lines: whose it is, how many entries, and the root.")
        root = _base64(lines[2], "the root")
        _check_hashes([root])
        return cls(lines[0], _number(lines[1], "The size"), root)


def open_checkpoint(note: str, key: Key, witnesses: Iterable[Key] = ()) -> tuple[Checkpoint, dict[str, int | None]]:
    """Return a checkpoint whose signature holds, and which witnesses cosigned it and when.

    Raises:
        ProofError: when it is not the log's, or a signature does not hold.
    """
    read = Note.read(note)
    if key.name not in read.signed_by([key]):
        raise ProofError(f"The checkpoint is not signed by {key.name}.")
    checkpoint = Checkpoint.read(read.text)
    if checkpoint.origin != key.name:
        raise ProofError(f"The checkpoint is of {checkpoint.origin}, not of {key.name}.")
    return checkpoint, read.signed_by(witnesses)


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry lies in the log: where, by which path, under which checkpoint; ``extra`` is the entry itself."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        lines = [PROOF_HEADER]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines += [f"index {self.index}", *(base64.b64encode(one).decode() for one in self.path), ""]
        return "\n".join(lines) + "\n" + self.checkpoint

    @classmethod
    def read(cls, text: str) -> Proof:
        """Read a ``.tlog-proof``.

        Raises:
            ProofError: when it is malformed.
        """
        head, cut, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not cut or lines.pop(0) != PROOF_HEADER:
            raise ProofError("That is no tlog-proof of version 1.")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = _base64(lines.pop(0).removeprefix("extra "), "the entry")
        if not lines or not lines[0].startswith("index "):
            raise ProofError("The proof does not say where the entry lies.")
        index = _number(lines.pop(0).removeprefix("index "), "The index")
        if len(lines) > DEPTH_MAX:
            raise ProofError("The proof is longer than any tree is deep.")
        return cls(index, tuple(_base64(line, "the path") for line in lines), checkpoint, extra)

    def check(self, entry: bytes, key: Key, witnesses: Iterable[Key] = ()) -> tuple[Checkpoint, dict[str, int | None]]:
        """Check that an entry lies where the proof says, in a log signed with this key.

        Raises:
            ProofError: when it does not follow.
        """
        checkpoint, cosigners = open_checkpoint(self.checkpoint, key, witnesses)
        check_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint, cosigners


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the log covers it: nine lines (a header and eight fields), then the stored state, byte for byte."""

    fields: dict[str, str]
    state: bytes

    @classmethod
    def read(cls, entry: bytes) -> Entry:
        """Take an entry apart.

        Raises:
            ProofError: when it is malformed.
        """
        header, *lines = entry.split(b"\n", len(ENTRY_FIELDS) + 1)
        if header != ENTRY_HEADER.encode() or len(lines) != len(ENTRY_FIELDS) + 1:
            raise ProofError("That is no entry of a Kurslog.")
        try:
            values = [line.decode() for line in lines[:-1]]
        except UnicodeDecodeError as error:
            raise ProofError("The entry is not UTF-8.") from error
        return cls(dict(zip(ENTRY_FIELDS, values, strict=True)), lines[-1])


# ------------------------------------------------------------------ an issued report and its proof
REPORT_ISSUED: Final = "report-issued."
PROOF_MAX_BYTES: Final = 4_000_000


class RejectedError(ProofError):
    """A report is not accepted: ``reason`` is a key of `SENTENCES`, the message the detail."""

    def __init__(self, reason: str, detail: object = "") -> None:
        self.reason = reason
        super().__init__(str(detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a proof shows of a report.

    ``key`` is whose signature was checked, None without a key; ``signed`` and ``unknown`` name signatures by name and
    key id, as they stand in the note; ``cosigners`` are the witnesses that were asked for, with their moments.
    """

    process: str
    report: str
    file: str
    position: int
    recorded_at: int
    checkpoint: Checkpoint
    key: Key | None
    signed: tuple[str, ...]
    unknown: tuple[str, ...]
    cosigners: dict[str, int | None]
    compared: bool


def verify_report(
    report: bytes, proof: bytes, *, key: Key | None = None, witnesses: Sequence[Key] = (), held: str | None = None
) -> Shown:
    """Check that these bytes are a report as it was issued, in a log that was signed.

    Args:
        report: the file, byte for byte.
        proof: its ``.tlog-proof``, with the entry in it.
        key: the log's, as its owner publishes it. Without it no signature is checked: the proof is only consistent.
        witnesses: each must have cosigned.
        held: a checkpoint of the same size that somebody kept; its root must be the proof's.

    Raises:
        RejectedError: when it does not follow, with the reason.
    """
    read = _proof_of(proof)
    note, checkpoint = _tree_of(read)
    cosigners = _check_signatures(read.checkpoint, key, witnesses)
    if held is not None:
        _check_held(checkpoint, held, key)
    issue = _issue_of(read)
    file = next((name for name, sha256 in issue.files if sha256 == hashlib.sha256(report).hexdigest()), None)
    if file is None:
        raise RejectedError("other-file", f"{issue.process}, {issue.report}")
    known = {(one.name, one.id) for one in witnesses}
    names = [(name, signature[:4]) for name, signature in note.signatures]
    return Shown(
        process=issue.process,
        report=issue.report,
        file=file,
        position=read.index + 1,
        recorded_at=issue.recorded_at,
        checkpoint=checkpoint,
        key=key,
        signed=tuple(_named(one) for one in names if one[0] == checkpoint.origin),
        unknown=tuple(_named(one) for one in names if one not in known and one[0] != checkpoint.origin),
        cosigners=cosigners,
        compared=held is not None,
    )


def _named(signature: tuple[str, bytes]) -> str:
    return f"{signature[0]}+{signature[1].hex()}"


def _proof_of(proof: bytes) -> Proof:
    if len(proof) > PROOF_MAX_BYTES:
        raise RejectedError("no-proof", "It is longer than any proof is.")
    try:
        return Proof.read(proof.decode())
    except (ProofError, UnicodeDecodeError) as error:
        raise RejectedError("no-proof", error) from error


def _tree_of(proof: Proof) -> tuple[Note, Checkpoint]:
    """Return the note and checkpoint that the entry leads to."""
    if not proof.extra:
        raise RejectedError("no-issue", "The proof does not hold the entry.")
    try:
        note = Note.read(proof.checkpoint)
        checkpoint = Checkpoint.read(note.text)
        check_inclusion(leaf_hash(proof.extra), proof.index, checkpoint.size, proof.path, checkpoint.root)
    except ProofError as error:
        raise RejectedError("broken", error) from error
    return note, checkpoint


@dataclass(frozen=True, slots=True)
class Issue:
    """What the entry in a proof says of a report."""

    process: str
    report: str
    recorded_at: int
    files: tuple[tuple[str, str], ...]


def _issue_of(proof: Proof) -> Issue:
    """Return the issue of a report that the proof holds."""
    try:
        entry = Entry.read(proof.extra)
        data = json.loads(entry.state.decode())["data"]
        files = tuple((str(file["name"]), str(file["sha256"])) for file in data["files"])
        fields, report = entry.fields, str(data["report_id"])
        found = Issue(fields["process"], report, _number(fields["recorded_at"], "The moment"), files)
    except (ProofError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RejectedError("no-issue", error) from error
    here = (fields["position"], fields["subject"]) == (str(proof.index + 1), f"report/{report}")
    if not here or not fields["type"].startswith(REPORT_ISSUED):
        raise RejectedError("no-issue", f"{fields['type']}, {fields['position']}")
    return found


def _check_signatures(note: str, key: Key | None, witnesses: Sequence[Key]) -> dict[str, int | None]:
    """Check the log's signature, where its key is known, and that each witness has cosigned."""
    read = Note.read(note)
    try:
        signers = read.signed_by([key] if key else [])
        cosigners = read.signed_by(dict.fromkeys(witnesses))
    except ProofError as error:
        raise RejectedError("bad-signature", error) from error
    if key and (key.name not in signers or Checkpoint.read(read.text).origin != key.name):
        raise RejectedError("other-key", f"{key.name}+{key.id.hex()}")
    missing = [one.name for one in witnesses if one.name not in cosigners]
    if missing:
        raise RejectedError("no-witness", ", ".join(missing))
    return cosigners


def _check_held(checkpoint: Checkpoint, held: str, key: Key | None) -> None:
    """Check that the proof's checkpoint is the one that somebody kept."""
    try:
        kept = open_checkpoint(held, key)[0] if key else Checkpoint.read(Note.read(held).text)
    except ProofError as error:
        raise RejectedError("no-checkpoint", error) from error
    if (kept.origin, kept.size) != (checkpoint.origin, checkpoint.size):
        raise RejectedError("other-size", f"{kept.origin} {kept.size}; {checkpoint.origin} {checkpoint.size}")
    if kept.root != checkpoint.root:
        raise RejectedError("forked", f"{kept.size}")


# ------------------------------------------------------------------ saying it
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "accepted": (
        "Rapporten er uændret, siden den blev udstedt.",
        "The report is unchanged since it was issued.",
    ),
    "consistent": (
        "Rapport og bevis passer sammen. Men du har ikke givet nøglen, så ingen underskrift er kontrolleret.",
        "Report and proof fit together. But you gave no key, so no signature was checked.",
    ),
    "rejected": ("Rapporten kan ikke godkendes.", "The report cannot be accepted."),
    "no-proof": (
        "Filen med beviset kan ikke læses. Den er ændret, skåret af eller en anden slags fil. Bed om en ny.",
        "The file with the proof cannot be read. It was changed, cut short, or is another kind of file. Ask for a new one.",
    ),
    "no-issue": (
        "Beviset handler ikke om en rapport, der er udstedt, eller det er ændret. Bed om rapportens eget bevis.",
        "The proof is not of a report that was issued, or it was changed. Ask for the report's own proof.",
    ),
    "broken": (
        "Beviset hænger ikke sammen: registreringen fører ikke til det fingeraftryk, der er underskrevet. Beviset er ændret.",
        "The proof does not hold together: the entry does not lead to the fingerprint that was signed. The proof was changed.",
    ),
    "other-key": (
        "Beviset er ikke underskrevet med den nøgle, du gav. Se efter, at nøglen er den, kommunen har offentliggjort.",
        "The proof is not signed with the key you gave. See that it is the key the municipality published.",
    ),
    "bad-signature": (
        "Underskriften passer ikke til fingeraftrykket. Beviset er ændret, eller nogen har efterlignet underskriften.",
        "The signature does not fit the fingerprint. The proof was changed, or somebody imitated the signature.",
    ),
    "no-witness": (
        "Et vidne, du bad om, har ikke skrevet under.",
        "A witness you asked for has not signed.",
    ),
    "no-checkpoint": (
        "Det fingeraftryk, du selv har gemt, kan ikke læses, eller det er ikke underskrevet med nøglen.",
        "The fingerprint you kept cannot be read, or is not signed with the key.",
    ),
    "other-size": (
        "Det fingeraftryk, du har gemt, er fra et andet tidspunkt end bevisets. De to kan ikke sammenlignes her. Bed om beviset for, at logbogen kun er vokset imellem.",
        "The fingerprint you kept is of another moment than the proof's. The two cannot be compared here. Ask for the proof that the log only grew in between.",
    ),
    "forked": (
        "Fingeraftrykket er et andet end det, du har gemt. Logbogen er ændret, eller der er to af den.",
        "The fingerprint differs from the one you kept. The log was changed, or there are two of it.",
    ),
    "other-file": (
        "Filen er ikke den, der blev udstedt. Enten er den ændret, om så kun med ét tegn, eller beviset hører til en anden rapport.",
        "The file is not the one that was issued. Either it was changed, if only by one character, or the proof belongs to another report.",
    ),
    "no-key": (
        "Nøglen kan ikke læses. Den har tre dele med plus imellem; kopiér den hele.",
        "The key cannot be read. It has three parts with plus signs between; copy all of it.",
    ),
    "no-file": ("Filen kan ikke åbnes.", "The file cannot be opened."),
    "shows": (
        "Det viser: intet er ændret i filen siden da, og registreringen af den står på sin plads i logbogen.",
        "This shows: nothing was changed in the file since then, and the entry of it stands in its place in the log.",
    ),
    "shows-not": (
        "Det viser ikke, at det, der står i rapporten, er sandt.",
        "It does not show that what the report says is true.",
    ),
    "shows-not-key": (
        "Det viser ikke, hvem der har lavet beviset: alle kan lave et, der hænger sammen. Giv den nøgle, kommunen har offentliggjort, og prøv igen.",
        "It does not show who made the proof: anybody can make one that holds together. Give the key the municipality published, and try again.",
    ),
    "compare": (
        "Underskriften siger, at den er fra {key}. Sammenlign med begyndelsen af den nøgle, kommunen har offentliggjort.",
        "The signature says it is of {key}. Compare that with the beginning of the key the municipality published.",
    ),
    "shows-fit": (
        "Det viser kun, at fil og bevis hører sammen.",
        "This only shows that file and proof belong together.",
    ),
    "same-as-held": (
        "Fingeraftrykket er det samme som det, du har gemt.",
        "The fingerprint is the same as the one you kept.",
    ),
    "process": ("Forløb", "Process"),
    "report": ("Rapport", "Report"),
    "file": ("Fil", "File"),
    "entry": ("Registrering", "Entry"),
    "of": ("nr. {position} af {size} i logbogen", "no. {position} of {size} in the log"),
    "recorded": ("Udstedt", "Issued"),
    "log": ("Logbog", "Log"),
    "root": ("Fingeraftryk", "Fingerprint"),
    "signed": ("Underskrevet af", "Signed by"),
    "checked": ("{key} (kontrolleret)", "{key} (checked)"),
    "unchecked": ("{key} (ikke kontrolleret)", "{key} (not checked)"),
    "witness": ("Vidne", "Witness"),
    "no-witnesses": ("ingen kontrolleret", "none checked"),
    "detail": ("Teknisk, på engelsk", "Technical"),
    "moment": ("{day}. {month} {year} kl. {clock:%H.%M} UTC", "{day} {month} {year}, {clock:%H:%M} UTC"),
    "months": (
        "januar februar marts april maj juni juli august september oktober november december",
        "January February March April May June July August September October November December",
    ),
}
"""What is said, in Danish and English; `verify.html` says the same."""


def said(name: str, language: str, **facts: object) -> str:
    """Return a sentence in ``da`` or ``en``."""
    return SENTENCES[name][language != "da"].format(**facts)


def moment_of(seconds: float, language: str) -> str:
    """Return a moment in UTC as people read it; ``seconds`` since 1970."""
    try:
        found = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"
    month = said("months", language).split()[found.month - 1]
    return said("moment", language, day=found.day, month=month, year=found.year, clock=found)


def sentences_of(shown: Shown, language: str) -> list[str]:
    """Return what was shown, and what was not, line by line."""
    checked = shown.key is not None
    facts = [
        ("process", shown.process),
        ("report", shown.report),
        ("file", shown.file),
        ("entry", said("of", language, position=shown.position, size=shown.checkpoint.size)),
        ("recorded", moment_of(shown.recorded_at / 1_000_000, language)),
        ("log", shown.checkpoint.origin),
        ("root", shown.checkpoint.root.hex()),
        *(("signed", said("checked" if checked else "unchecked", language, key=one)) for one in shown.signed),
        *(("witness", _witnessed(name, moment, language)) for name, moment in shown.cosigners.items()),
        *(("witness", said("unchecked", language, key=name)) for name in shown.unknown),
    ]
    if not shown.cosigners and not shown.unknown:
        facts.append(("witness", said("no-witnesses", language)))
    lines = [said("accepted" if checked else "consistent", language), ""]
    lines += [f"  {said(name, language) + ':':<16} {value}" for name, value in facts]
    lines += ["", *([said("same-as-held", language)] if shown.compared else [])]
    if checked:
        return [*lines, said("shows", language), said("shows-not", language)]
    compare = [said("compare", language, key=one) for one in shown.signed]
    return [*lines, *(said(name, language) for name in ("shows-fit", "shows-not", "shows-not-key")), *compare]


def _witnessed(name: str, moment: int | None, language: str) -> str:
    key = name if moment is None else f"{name}, {moment_of(moment, language)}"
    return said("checked", language, key=key)


def refusal_of(error: RejectedError, language: str) -> list[str]:
    """Return why a report is not accepted, line by line."""
    detail = [f"{said('detail', language)}: {error}"] if str(error) else []
    return [said("rejected", language), said(error.reason, language), *detail]


# ------------------------------------------------------------------ running it: python verify.py REPORT PROOF
HELP: Final = {
    "da": (
        "Kontrollér en rapport og dens bevis, uden net. Slutter med 0 (uændret), 1 (ikke godkendt) eller 2 (forkert brug).",
        "rapporten, som den blev udstedt",
        "dens bevis (.tlog-proof)",
        "logbogens nøgle, som kommunen har offentliggjort den",
        "et fingeraftryk, du selv har gemt (en fil)",
        "et vidnes nøgle; må gives flere gange",
        "dansk eller engelsk",
    ),
    "en": (
        "Verify a report and its proof, offline. Ends with 0 (unchanged), 1 (not accepted) or 2 (wrong usage).",
        "the report as it was issued",
        "its proof (.tlog-proof)",
        "the log's key, as the municipality published it",
        "a fingerprint you kept yourself (a file)",
        "a witness's key; may be given several times",
        "Danish or English",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a report from the command line; return 0 when it is accepted, 1 when not, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = _language(given)
    about, report, proof, key, checkpoint, witness, spoken = HELP[language]
    parser = argparse.ArgumentParser(prog="verify.py", description=about)
    parser.add_argument("report", metavar="REPORT", help=report)
    parser.add_argument("proof", metavar="PROOF", help=proof)
    parser.add_argument("--key", metavar="VKEY", help=key)
    parser.add_argument("--checkpoint", metavar="FILE", help=checkpoint)
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[], help=witness)
    parser.add_argument("--language", choices=["da", "en"], help=spoken)
    try:
        asked = parser.parse_args(given)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else WRONG_USAGE
    return run(asked.report, asked.proof, asked.key, asked.checkpoint, asked.witness, language)


def run(
    report: str, proof: str, key: str | None, checkpoint: str | None, witnesses: Sequence[str], language: str
) -> int:
    """Verify files and say what was found on stdout; return the exit code as `main`."""
    try:
        keys = [_key_of(text) for text in ([key] if key else [])]
        shown = verify_report(
            _bytes_of(report),
            _bytes_of(proof),
            key=keys[0] if keys else None,
            witnesses=[_key_of(text) for text in witnesses],
            held=_bytes_of(checkpoint).decode("utf-8", "replace") if checkpoint else None,
        )
    except RejectedError as error:
        _say(refusal_of(error, language))
        return WRONG_USAGE if error.reason in {"no-file", "no-key"} else NOT_ACCEPTED
    _say(sentences_of(shown, language))
    return 0


def _say(lines: Iterable[str]) -> None:
    """Print lines, also where the terminal lacks a letter, or nobody reads on."""
    text = "\n".join([*lines, ""])
    with contextlib.suppress(OSError):
        sys.stdout.write(text.encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()


def _key_of(text: str) -> Key:
    try:
        return Key.read(text)
    except ProofError as error:
        raise RejectedError("no-key", error) from error


def _bytes_of(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise RejectedError("no-file", error) from error


def _language(arguments: Sequence[str]) -> str:
    """Return the language to speak: as asked for, else the surroundings', else Danish."""
    for place, one in enumerate(arguments):
        asked = one.removeprefix("--language=") if one.startswith("--language=") else None
        if one == "--language":
            asked = next(iter(arguments[place + 1 :]), None)
        if asked in {"da", "en"}:
            return asked
    spoken = os.environ.get("KURSLOG_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "da"
    return "en" if spoken.startswith("en") else "da"


if __name__ == "__main__":
    sys.exit(main())
