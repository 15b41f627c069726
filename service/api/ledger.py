"""The ledger for anybody who wants to check it: fingerprints, proofs and tiles (C2SP tlog-tiles, tlog-proof)."""

from __future__ import annotations

import base64
import re
from typing import Any, Final

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from service.api.answers import answer, problems
from service.api.requests import caller_of
from service.app import Kurslog
from service.ledger.tree import WIDTH, TileId
from service.ledger.verify import HASH_BYTES, ProofError
from service.log.ledger import Signed, UnsignedError
from service.log.scope import across
from service.queries import UnknownError
from service.security.gate import Act

TEXT: Final = "text/plain"
BYTES: Final = "application/octet-stream"
FRESH: Final = "public, max-age=1"
"""A checkpoint changes once a second at most; a proof is under the latest one."""
FOR_EVER: Final = "public, max-age=31536000, immutable"
NOTE: Final = {"type": "string", "description": "A C2SP signed note."}
COSIGNED: Final = {
    "type": "object",
    "properties": {"size": {"type": "integer"}, "witnesses": {"type": "array", "items": {"type": "string"}}},
    "required": ["size", "witnesses"],
}
CONSISTENT: Final = {
    "type": "object",
    "properties": {
        "from": {"type": "integer"},
        "to": {"type": "integer"},
        "hashes": {"type": "array", "items": {"type": "string", "description": "A hash in base64."}},
    },
    "required": ["from", "to", "hashes"],
}
SIZES: Final[list[dict[str, Any]]] = [
    {
        "in": "query",
        "name": name,
        "required": name == "from",
        "description": said,
        "schema": {"type": "integer", "minimum": 0},
    }
    for name, said in (("from", "The earlier size."), ("to", "The later size; the latest checkpoint's if left out."))
]
WITH_ENTRY: Final = {
    "in": "query",
    "name": "entry",
    "description": "1: with the entry's bytes as extra data, for whoever may see the entry.",
    "schema": {"type": "string", "enum": ["0", "1"]},
}
PLACE: Final = re.compile(r"((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
PLACES_MAX: Final = 6
"""Groups of three digits: no log is longer."""
NUMBER_MAX: Final = 18


def ledger_blueprint(kurslog: Kurslog) -> Blueprint:
    """Return the routes of the ledger.

    All but the entry in a proof is for everybody: hashes tell nothing of what they cover, since each entry holds a
    random id. The bundles of entries that tlog-tiles has beside its tiles are not served: they would hand out every
    process's entries, pseudonymous people in them, to whoever asks.
    """
    routes = Blueprint("ledger", __name__, description="Fingerprints of the log, and proofs from it")

    @routes.route("/checkpoint", methods=["GET"])
    @routes.doc(
        summary="The latest fingerprint of the log: a signed checkpoint, with the lines of witnesses",
        responses={"200": answer("The checkpoint.", TEXT, schema=NOTE), **problems(503)},
    )
    def show_checkpoint() -> Response:
        return _text(_signed(kurslog).note)

    @routes.route("/checkpoint/key", methods=["GET"])
    @routes.doc(
        summary="The key that checkpoints are verified with",
        responses={"200": answer("name+id+key.", TEXT, schema={"type": "string"}), **problems(503)},
    )
    def show_key() -> Response:
        return _text(f"{kurslog.ledger_key}\n")

    @routes.route("/checkpoint/cosignatures", methods=["POST"])
    @routes.doc(
        summary="A witness hands in a checkpoint of ours with its own line (C2SP tlog-cosignature)",
        requestBody={"required": True, "content": {TEXT: {"schema": NOTE}}},
        responses={
            "200": answer("Kept; whose lines they are.", schema=COSIGNED),
            **problems(413, 422, 503),
        },
    )
    def keep_cosignature() -> Response:
        size, names = kurslog.ledger.cosign(_note(), kurslog.ledger_key, kurslog.witnesses)
        return jsonify({"size": size, "witnesses": names})

    @routes.route("/proofs/<int:position>", methods=["GET"])
    @routes.doc(
        summary="The proof that the entry at a position lies in the log (C2SP tlog-proof)",
        parameters=[WITH_ENTRY],
        responses={
            "200": answer("The proof, under the latest checkpoint.", TEXT, schema={"type": "string"}),
            **problems(401, 404, 503),
        },
    )
    def show_proof(position: int) -> Response:
        with_entry = request.args.get("entry") == "1"
        with across("hashes of any entry; the entry itself for whoever may see it"):
            if with_entry:
                _check_seen(kurslog, position)
            try:
                proof = kurslog.ledger.proof(position, with_entry=with_entry)
            except LookupError as error:
                raise UnknownError(str(position)) from error
        return _text(str(proof), "private, no-store" if with_entry else FRESH)

    @routes.route("/proofs/consistency", methods=["GET"])
    @routes.doc(
        summary="The proof that the log of one size begins with the log of another (RFC 6962, section 2.1.2)",
        parameters=SIZES,
        responses={"200": answer("The proof.", schema=CONSISTENT), **problems(422, 503)},
    )
    def show_consistency() -> Response:
        old = _size("from")
        new = _size("to") if "to" in request.args else _signed(kurslog).checkpoint.size
        with across("how long the log is"):
            hashes = [base64.b64encode(one).decode() for one in kurslog.ledger.consistency(old, new)]
        response = jsonify({"from": old, "to": new, "hashes": hashes})
        response.headers["Cache-Control"] = FRESH
        return response

    @routes.route("/tile/<int:level>/<path:place>", methods=["GET"])
    @routes.doc(
        summary="Hashes of the tree, up to 256 a tile (C2SP tlog-tiles): tile/0/x001/234, tile/1/000.p/7",
        responses={"200": answer("The hashes, 32 bytes each.", BYTES, schema={"type": "string"}), **problems(404, 503)},
    )
    def show_tile(level: int, place: str) -> Response:
        at, width = _tile(level, place)
        hashes = kurslog.ledger.tile(at)[: width * HASH_BYTES]
        if len(hashes) < width * HASH_BYTES:
            raise UnknownError(place)
        return Response(hashes, mimetype=BYTES, headers={"Cache-Control": FOR_EVER})

    return routes


def _signed(kurslog: Kurslog) -> Signed:
    signed = kurslog.ledger.signed()
    if signed is None:
        raise UnsignedError("nothing yet")
    return signed


def _text(text: str, caching: str = FRESH) -> Response:
    return Response(text, mimetype=TEXT, headers={"Cache-Control": caching})


def _note() -> str:
    """Return the note that was sent."""
    try:
        return request.get_data().decode()
    except UnicodeDecodeError as error:
        raise ProofError("A note is text in UTF-8.") from error


def _size(name: str) -> int:
    said = request.args.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) <= NUMBER_MAX):
        raise ProofError(f"{name} is no size of the log: {said[:NUMBER_MAX]!r}.")
    return int(said)


def _tile(level: int, place: str) -> tuple[TileId, int]:
    """Return which tile a path of tlog-tiles names, and how many of its hashes."""
    found = PLACE.fullmatch(place)
    if found is None or level > PLACES_MAX * 2 or place.count("x") >= PLACES_MAX or place.startswith("x000/"):
        raise UnknownError(place)
    number = int(found[1].replace("x", "").replace("/", "") + found[2])
    width = int(found[3]) if found[3] else WIDTH
    if width > WIDTH - bool(found[3]):
        raise UnknownError(place)
    return TileId(level, number), width


def _check_seen(kurslog: Kurslog, position: int) -> None:
    """Make sure that the caller may see the entry.

    Raises:
        UnknownError: when not, or where there is none: both look the same.
    """
    found = kurslog.reader.at([position])
    if not found:
        raise UnknownError(str(position))
    caller = kurslog.acting(caller_of(kurslog), found[0].process)
    kurslog.queries.check(caller, Act.SEE, found[0].process)
    if not kurslog.queries.events_out(caller, found):
        raise UnknownError(str(position))
