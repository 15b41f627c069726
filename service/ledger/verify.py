"""Verifying: what is said of the log, against a checkpoint that somebody else may hold.

This file stands alone. It needs Python 3.11 and the package ``cryptography``, and nothing of Kurslog: copy it, read it,
run it. Formats: RFC 6962 hashes, C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
        if header.decode("utf-8", "replace") != ENTRY_HEADER or len(lines) != len(ENTRY_FIELDS) + 1:
            raise ProofError("That is no entry of a Kurslog.")
        values = [line.decode("utf-8", "replace") for line in lines[:-1]]
        return cls(dict(zip(ENTRY_FIELDS, values, strict=True)), lines[-1])
