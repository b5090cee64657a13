"""A refusal is told in the words of the contract's catalogue."""

from __future__ import annotations

from proof.mock.refusal import MAX_FAULTS, Catalogue, Refusal, escaped, unfit
from proof.values import Values
from tests.codegen.contracts import shipped


def test_a_problem_is_the_catalogues() -> None:
    catalogue = Catalogue(shipped())
    problem = catalogue.problem(unfit("/name", "Is required."), "t")
    assert (problem["code"], problem["status"], problem["type"]) == ("invalid_data", 422, "/problems/invalid_data")
    assert problem["errors"] == [{"pointer": "/name", "message": "Is required."}]
    assert catalogue.number("invalid_data") == 2


def test_no_problem_is_larger_than_its_schema_allows() -> None:
    faults = tuple(("/x" * 1000, "Is unknown.") for _ in range(MAX_FAULTS + 5))
    problem = Catalogue(shipped()).problem(Refusal("invalid_data", faults=faults), "t")
    assert len(problem["errors"]) == MAX_FAULTS
    assert Values({}).is_valid({"type": "string", "maxLength": 1024}, problem["errors"][0]["pointer"])


def test_what_may_be_asked_again_says_when() -> None:
    assert Catalogue(shipped()).problem(Refusal("unavailable"), "t")["retry_after"] == 1


def test_an_error_of_the_handler_goes_before_one_of_the_pipeline() -> None:
    catalogue = Catalogue(shipped())
    operations = {one.name: one for one in shipped().operations}
    assert catalogue.declared(operations["create_artist"], 409) == "artist_name_taken"
    assert catalogue.declared(operations["get_artist"], 404) == "artist_not_found"
    assert catalogue.declared(operations["livez"], 404) == ""


def test_a_step_of_a_pointer_is_escaped_and_short() -> None:
    assert escaped("a/b~c") == "a~1b~0c"
    assert len(escaped("x" * 500)) == 100
