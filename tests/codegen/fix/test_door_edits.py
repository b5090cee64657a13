"""What one door says comes to the other: numbers, roles and messages; where both say something, nothing is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.fix import fix
from tests.codegen.contracts import compose, edited

PACKAGES, HTTP = "specs/packages/things.yaml", "specs/http/things.yaml"
WRITER = "    security: [{$ref: '../policy.yaml#/roles/writer'}]\n    x-pkg-id: 2\n"
EITHER = "    security: [{bearer: [writer]}, {bearer: [auditor]}]\n"


def test_a_number_is_the_one_that_the_lock_has_for_the_name(tmp_path: Path) -> None:
    edited(tmp_path, ("packages/things.yaml", "    x-pkg-id: 2\n", ""), case="p51_everything")
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    before = compose("p51_everything", tmp_path / "before") / "packages" / "things.yaml"
    assert fixed.texts == {PACKAGES: before.read_text()}


def test_new_operations_and_events_get_the_next_free_numbers_in_their_order(tmp_path: Path) -> None:
    """What was removed keeps its number, so that 9 is the next one."""
    edited(
        tmp_path,
        ("packages/things.yaml", "    x-pkg-id: 2\n", ""),
        ("packages/things.yaml", "    x-pkg-id: 1\n", ""),
        ("packages/things.yaml", "    x-pkg-id: 1001\n", ""),
        ("contract.lock", "  GET_THINGS: 1\n", "  OLD: {number: 8, removed: true}\n"),
        ("contract.lock", "  MAKE_THING: 2\n", ""),
        ("contract.lock", "  THING_MADE: 1001\n", ""),
        case="p51_everything",
    )
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    numbers = [line.strip() for line in fixed.texts[PACKAGES].splitlines() if "x-pkg-id" in line]
    assert numbers == [f"x-pkg-id: {number}" for number in (9, 10, 3, 4, 5, 1001)]
    assert "  MAKE_THING: 10\n" in fixed.texts["specs/contract.lock"]


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        ("packages/things.yaml", WRITER, "    x-pkg-id: 2\n    security: [{$ref: '../policy.yaml#/roles/writer'}]\n"),
        ("http/things.yaml", EITHER, "    security: [{bearer: [auditor]}, {bearer: [writer]}]\n"),
    ],
)
def test_roles_are_copied_from_the_other_door(file: str, text: str, wanted: str, tmp_path: Path) -> None:
    kept = "".join(line for line in text.splitlines(keepends=True) if "security" not in line)
    edited(tmp_path, (file, text, kept), case="p51_everything")
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    assert set(fixed.texts) == {f"specs/{file}"}
    assert wanted in fixed.texts[f"specs/{file}"]


@pytest.mark.parametrize(("roles", "found"), [("writer, auditor", "auditor, writer"), ("", "")])
def test_all_of_several_roles_and_any_caller_are_written_as_the_socket_has_it(
    roles: str, found: str, tmp_path: Path
) -> None:
    edited(
        tmp_path,
        ("packages/things.yaml", WRITER, "    x-pkg-id: 2\n"),
        ("http/things.yaml", "[{bearer: [writer]}]\n    x-errors: [thing_taken]", f"[{{bearer: [{roles}]}}]\n    x-errors: [thing_taken]"),
        case="p51_everything",
    )  # fmt: skip
    wanted = f"    security: [{{type: http, scheme: bearer, x-roles: [{found}]}}]\n"
    assert wanted in fix.fix(tmp_path / "specs").texts[PACKAGES]


@pytest.mark.parametrize("security", ["[{bearer: [reader]}]", "[{oauth: [writer]}]", "[{bearer: [nobody]}]"])
def test_roles_that_differ_or_cannot_be_read_are_not_chosen(security: str, tmp_path: Path) -> None:
    is_other = "reader" in security
    edited(
        tmp_path,
        ("packages/things.yaml", WRITER, WRITER if is_other else "    x-pkg-id: 2\n"),
        ("http/things.yaml", "[{bearer: [writer]}]\n    x-errors: [thing_taken]", f"{security}\n    x-errors: [thing_taken]"),
        case="p51_everything",
    )  # fmt: skip
    fixed = fix.fix(tmp_path / "specs")
    assert fixed.texts == {}
    assert len(fixed.left.findings)


def test_a_name_and_a_direction_are_enough_for_an_operation_that_http_describes(tmp_path: Path) -> None:
    specs = compose("p01_bool", tmp_path)
    before = (specs / "packages" / "things.yaml").read_text()
    asyncapi = (specs / "asyncapi.yaml").read_text()
    (specs / "packages" / "things.yaml").write_text(
        "# Mine.\noperations:\n  send_thing:  # to send\n    action: receive\n"
        "    channel: {$ref: '../asyncapi.yaml#/channels/web'}\n"
    )
    listed = [line for line in asyncapi.splitlines(keepends=True) if "/messages/send_thing" in line]
    (specs / "asyncapi.yaml").write_text(
        "".join(line for line in asyncapi.splitlines(keepends=True) if line not in listed)
    )
    fixed = fix.fix(specs)
    assert not len(fixed.left.findings), fixed.left.report()
    assert fixed.texts["specs/asyncapi.yaml"] == asyncapi
    made = fixed.texts[PACKAGES]
    assert made.startswith("# Mine.\noperations:\n  send_thing:  # to send\n    action: receive\n")
    assert made.endswith(before[before.index("\nmessages:") :])


def test_a_message_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    """Whether a message of that name is the one that is meant is a person's to say."""
    request = "    messages: [{$ref: '../asyncapi.yaml#/channels/web/messages/make_thing'}]\n"
    edited(tmp_path, ("packages/things.yaml", request, ""), case="p51_everything")
    fixed = fix.fix(tmp_path / "specs")
    assert fixed.texts == {}
    assert "A009" in {one.rule for one in fixed.left.findings}


def test_a_request_of_path_and_body_has_no_one_schema(tmp_path: Path) -> None:
    request = "    messages: [{$ref: '../asyncapi.yaml#/channels/web/messages/change_thing'}]\n"
    message = "  change_thing:\n    traits: [{$ref: '../asyncapi.yaml#/components/messageTraits/request'}]\n"
    message += "    payload: {$ref: '../schemas/things.yaml#/ThingChange'}\n"
    edited(
        tmp_path,
        ("packages/things.yaml", request, ""),
        ("packages/things.yaml", message, ""),
        ("asyncapi.yaml", "      change_thing: {$ref: 'packages/things.yaml#/messages/change_thing'}\n", ""),
        case="p51_everything",
    )
    assert fix.fix(tmp_path / "specs").texts == {}
