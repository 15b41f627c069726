"""The API under made-up input: whatever is sent, no 500, and no answer that the document does not know.

A few examples an operation here; `make fuzz` sends many.
"""

import itertools
import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.http import create_app

EXAMPLES = int(os.environ.get("KURSLOG_FUZZ_EXAMPLES", "2"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
def test_no_answer_is_an_accident(app, begun, token, subtests):
    begun.contribute("c-1")
    app.projector.catch_up()
    app.signing().step()
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(app))
    headers = token()

    operations = [found.ok() for found in document.get_all_operations()]
    for operation, mode in itertools.product(operations, GenerationMode):
        if mode is GenerationMode.NEGATIVE and operation.method.upper() == "GET":
            continue  # anything at all is a text, and so fits a query
        with subtests.test(f"{operation.label}, {mode.value}"):

            @given(case=operation.as_strategy(generation_mode=mode))
            @BOUNDED
            def answers(case):
                if "process" in case.path_parameters:
                    case.path_parameters["process"] = "fabelby"
                app.projector.catch_up()  # a report is issued of what was counted; here no worker does it
                case.validate_response(case.call(headers=headers), checks=CHECKS)

            answers()
