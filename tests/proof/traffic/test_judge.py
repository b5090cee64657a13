"""Two answers are the same as the contract has it, or the difference is told with its place."""

from __future__ import annotations

from typing import Any

import pytest

from proof.documents import Json
from proof.traffic.judge import CHECKS, Case, Judge
from proof.traffic.lines import Answer, Body
from proof.traffic.matching import Matches
from tests.proof.traffic.things import contract, json_body

MADE = {
    "id": 7, "name": "a", "bio": None, "born_on": None,
    "created_at": "2026-01-01T00:00:00.000001Z", "updated_at": "2026-01-01T00:00:00.000001Z", "version": 1,
}  # fmt: skip
TODAY = {**MADE, "id": 70, "created_at": "2026-06-01T00:00:00.000009Z", "updated_at": "2026-06-01T00:00:00.000009Z"}


def answer(value: Any, status: int = 200, **headers: str) -> Answer:
    media = "application/problem+json" if status >= 400 else "application/json"
    told = [(name.replace("_", "-"), one) for name, one in headers.items()]
    return Answer(status, [("content-type", media), *told], json_body(value, media))


def problem(code: str, *places: str, **more: Any) -> Json:
    errors = [{"pointer": place, "message": "m"} for place in places]
    return {
        "type": f"/problems/{code}",
        "title": "t",
        "status": 422,
        "code": code,
        "errors": errors,
        "trace_id": "1",
        **more,
    }


def told(
    operation: str, then: Answer, now: Answer, judge: Judge | None = None, *, whole: bool = True
) -> list[tuple[str, str]]:
    case = Case(operation, 1)
    (judge or Judge(contract(), Matches())).answer(case, contract().operations[operation], then, now, whole=whole)
    assert {one.check for one in case.found} <= CHECKS.keys()
    return [(one.check, one.pointer) for one in case.found]


def test_ids_and_moments_are_matched() -> None:
    assert told("get_artist", answer(MADE, etag='"1"'), answer(TODAY, etag='"1"')) == []


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"name": "b"}, "/name"),
        ({"bio": ""}, "/bio"),
        ({"version": 2}, "/version"),
        ({"updated_at": "2026-06-01T00:00:00.000010Z"}, "/updated_at"),
        ({"more": 1}, "/more"),
        ({"born_on": "2026-01-01"}, "/born_on"),
    ],
)
def test_a_member_that_differs_is_told(changed: Json, pointer: str) -> None:
    assert told("get_artist", answer(MADE), answer({**TODAY, **changed})) == [("member", pointer)]
    assert told("get_artist", answer(MADE), answer({**TODAY, **changed}), whole=False) == []


def test_an_answer_that_does_not_fit_is_told_although_it_raced() -> None:
    without = {name: one for name, one in TODAY.items() if name != "version"}
    assert ("schema", "/") in told("get_artist", answer(MADE), answer(without), whole=False)


def test_a_row_that_stands_for_two_is_told() -> None:
    judge = Judge(contract(), Matches())
    assert told("get_artist", answer(MADE), answer(TODAY), judge) == []
    assert ("member", "/id") in told("get_artist", answer({**MADE, "id": 8}), answer(TODAY), judge)


def test_another_status_is_told_and_named_if_it_is_not_declared() -> None:
    case = Case("get_artist", 3)
    judge = Judge(contract(), Matches())
    judge.answer(case, contract().operations["get_artist"], answer(MADE), answer({}, 418), whole=True)
    (found,) = case.found
    assert (found.check, found.recorded, found.now) == ("status", 200, 418)
    assert "which the contract does not declare" in found.text
    assert "(line 3)" in str(found)


def test_a_problem_is_its_code_and_its_places() -> None:
    then = answer(problem("invalid_data", "/name", "/bio"), 422)
    same = answer(problem("invalid_data", "/bio", "/name", detail="other words", title="others"), 422)
    assert told("create_artist", then, same) == []
    assert told("create_artist", then, answer(problem("invalid_data", "/bio"), 422)) == [("code", "/errors")]
    assert told("create_artist", then, answer(problem("malformed"), 422)) == [("code", "/code")]


def test_headers_are_there_and_mean_the_same() -> None:
    judge = Judge(contract(), Matches())
    then, now = (
        answer(MADE, 201, location="/api/artists/7", etag='"1"'),
        answer(TODAY, 201, location="/api/artists/70", etag='"1"'),
    )
    assert told("create_artist", then, now, judge) == []
    other = answer(TODAY, 201, location="/api/artists/71", etag='"2"')
    assert told("create_artist", then, other, judge) == [("header", ""), ("header", "")]
    assert told("create_artist", then, answer(TODAY, 201, etag='"1"'), judge) == [("header", "")]
    assert told("get_artist", answer(MADE, ratelimit="a"), answer(TODAY, ratelimit="b"), judge) == []


def test_another_form_is_told() -> None:
    assert (
        told(
            "get_artist",
            answer(MADE),
            Answer(200, [("content-type", "text/html")], Body("left-out", media="text/html")),
        )
        != []
    )


def test_a_secret_is_there_and_never_shown() -> None:
    tokens: Json = {"access_token": {"$secret": "secret-1"}, "refresh_token": {"$secret": "secret-2"}, "token_type": "Bearer",
              "expires_in": 300, "refresh_expires_in": 5}  # fmt: skip
    now = {**tokens, "access_token": "real-1", "refresh_token": "real-2", "expires_in": 299}
    judge = Judge(contract(), Matches())
    assert told("login", answer(tokens), answer(now), judge) == []
    case = Case("login", 1)
    judge.answer(
        case,
        contract().operations["login"],
        answer(tokens),
        answer({**now, "access_token": "real-3", "new_token": "x"}),
        whole=True,
    )
    assert [one.pointer for one in case.found] == ["/access_token", "/new_token"]
    assert "real" not in "".join(map(repr, case.found))


def frame(then: Json, now: Json, *, whole: bool = True) -> list[tuple[str, str]]:
    case = Case("get_artist", 1)
    Judge(contract(), Matches()).frame(case, json_body(then), json_body(now), whole=whole)
    return [(one.check, one.pointer) for one in case.found]


def test_a_reply_is_judged_as_an_answer_is() -> None:
    base: Json = {"pkg_id": 4, "req_id": "00000000-0000-4000-8000-000000000001", "status_code": 0}
    then, now = {**base, "data": MADE}, {**base, "data": TODAY}
    assert frame(then, now) == []
    assert frame(then, {**base, "data": {**TODAY, "name": "b"}}) == [("member", "/data/name")]
    refused = {**base, "status_code": 2, "data": problem("invalid_data", "/a")}
    assert frame(then, refused) == [("code", "/status_code")]
    assert frame(refused, {**base, "status_code": 2, "data": problem("invalid_data", "/b")}) == [("code", "/errors")]
    assert frame(then, {"pkg_id": 9999, "status_code": 0, "data": {}})[0][0] == "declared"


def test_what_the_contract_does_not_know_is_judged_by_its_status() -> None:
    case = Case("GET /hidden", 1)
    judge = Judge(contract(), Matches())
    judge.answer(case, None, Answer(404), Answer(404, body=json_body({"a": 1})), whole=True)
    assert case.found == []
    judge.answer(case, None, Answer(404), Answer(200), whole=True)
    assert [one.check for one in case.found] == ["status"]
