"""What every API route reads from a request: who asks, both clocks, and JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from flask import request
from werkzeug.exceptions import BadRequest, HTTPException

from service.answering import language, problem_response, process_asked
from service.app import Kurslog
from service.problems import Problem, sentence
from service.queries import Clocks, UnknownError
from service.security.gate import NOBODY, Act, Caller, may
from service.wire import Sender


def caller_of(kurslog: Kurslog) -> Caller:
    """Return who holds the token of ``Authorization: Bearer``, as they stand in the address's process; or nobody.

    Raises:
        HTTPException: 401 for a token that does not hold. TooManyError: for one too many of them.
    """
    header = request.headers.get("Authorization", "")
    if not header:
        return NOBODY
    scheme, _, secret = header.partition(" ")
    caller = kurslog.caller(secret.strip(), process_asked()) if scheme.lower() == "bearer" else None
    if caller is None:
        kurslog.attempts.count("token", request.remote_addr)
        raise unauthorised()
    return caller


def unauthorised() -> HTTPException:
    """Return a 401 that says how to get a token."""
    response = problem_response(Problem(401, "no-token", sentence("no-token", language()), {}))
    response.headers["WWW-Authenticate"] = 'Bearer realm="kurslog"'
    return HTTPException(response=response)


def writer(kurslog: Kurslog, process: str, *, creating: bool) -> Caller:
    """Return who writes, if they may.

    Raises:
        HTTPException: 401 without a token. UnknownError: for a process that is not there, or not theirs.
    """
    caller = caller_of(kurslog)
    if caller is NOBODY:
        raise unauthorised()
    exists = kurslog.queries.registration(process) is not None
    if not may(caller, Act.RECORD if exists else Act.CREATE, process) or not (exists or creating):
        raise UnknownError(process)
    return caller


def sender(caller: Caller) -> Sender:
    """Return the sender of this request."""
    return Sender(account=caller.account, now=dt.datetime.now(dt.UTC))


def body() -> Any:
    """Return the request's JSON.

    Raises:
        BadRequest: for anything else.
    """
    try:
        return msgspec.json.decode(request.get_data())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        problem = Problem(400, "not-json", sentence("not-json", language()), {"why": str(error)[:200]})
        raise BadRequest(response=problem_response(problem)) from error


def clocks(kurslog: Kurslog, process: str) -> Clocks:
    """Return where both clocks of the request stand, having waited for ``Kurslog-Wait``."""
    wait = request.headers.get("Kurslog-Wait", "")
    if wait.isascii() and wait.isdigit():
        kurslog.queries.wait(int(wait[:18]))
    return kurslog.queries.clocks(process, request.args.get("known_by"), request.args.get("happened_by"))
