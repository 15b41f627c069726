"""Signing: the log's own key for checkpoints, a witness's for cosignatures (C2SP signed-note, tlog-cosignature)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger.verify import COSIGNATURE, NOTE, Checkpoint, Key, ProofError, cosigned

PREFIX: Final = "PRIVATE+KEY+"
SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """A key to sign with; written as ``PRIVATE+KEY+name+id+base64(type and seed)``."""

    name: str
    seed: bytes
    kind: bytes = NOTE

    @classmethod
    def make(cls, name: str, kind: bytes = NOTE) -> Signer:
        """Make a new key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw(), kind)

    @classmethod
    def read(cls, text: str) -> Signer:
        """Read a key as it is written.

        Raises:
            ProofError: when it is none; the message does not repeat it.
        """
        try:
            name, id_, material = text.strip().removeprefix(PREFIX).split("+", 2)
            raw = base64.b64decode(material, validate=True)
        except ValueError as error:
            raise ProofError("That is no signing key.") from error
        signer = cls(name, raw[1:], raw[:1])
        if len(signer.seed) != SEED_BYTES or signer.kind not in {NOTE, COSIGNATURE} or signer.key.id.hex() != id_:
            raise ProofError("That is no signing key, or it was copied wrongly.")
        return signer

    def __str__(self) -> str:
        return f"{PREFIX}{self.name}+{self.key.id.hex()}+{base64.b64encode(self.kind + self.seed).decode()}"

    def __repr__(self) -> str:
        return f"Signer({self.name})"

    @property
    def key(self) -> Key:
        """What others verify with."""
        return Key(self.name, self.kind, self._private.public_key().public_bytes_raw())

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the signed note of a checkpoint of this log."""
        text = str(checkpoint)
        return f"{text}\n{self._line(self._private.sign(text.encode()))}"

    def cosign(self, checkpoint: Checkpoint, moment: int) -> str:
        """Return a witness's signature line for a checkpoint, made at a moment in seconds since 1970."""
        signature = self._private.sign(cosigned(moment, str(checkpoint)))
        return self._line(moment.to_bytes(8, "big") + signature)

    def _line(self, signature: bytes) -> str:
        return f"— {self.name} {base64.b64encode(self.key.id + signature).decode()}\n"


def witness_key(text: str) -> Key:
    """Read the key of a witness.

    Raises:
        ProofError: when it is none, or one that signs without saying when.
    """
    key = Key.read(text)
    if key.kind != COSIGNATURE:
        raise ProofError(f"{key.name} is no witness's key: a witness says when it signed (C2SP tlog-cosignature).")
    return key
