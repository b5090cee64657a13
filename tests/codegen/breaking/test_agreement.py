"""Agreement with a published tool: oasdiff's checks of level ERR and WARN, on edits of our contract, and what the gate finds.

`oasdiff_checks.txt` has their ids and levels, of commit 4553c69 of github.com/oasdiff/oasdiff. Each is tried here, or stands in a
group that says why our subset of OpenAPI cannot express it. Both agree if both find an error, or neither does.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegen.breaking.gate import judge
from codegen.breaking.rules import RULES, Severity
from codegen.ir.operations import Contract
from tests.codegen.breaking.changes import CASE, HTTP, SCHEMA, TODAY
from tests.codegen.breaking.executed_changes import CHANGES, INPUT, NEEDED, THING, VERSION, cut
from tests.codegen.contracts import edited

CHECKS = Path(__file__).with_name("oasdiff_checks.txt")
Edits = tuple[tuple[str, str, str], ...]
Levels = dict[str, str]
CLOSED = "A request is closed: the server refuses what it does not know, so an old client is refused."
NEW_BOUND = "The tool warns, since the bound may never be met; the server refuses what does not fit."
UNREAD_BOUND = (
    "A client reads by type and not by bound: executed, nothing breaks (`answer bound widened`), so it is a warning."
)
SILENCE = "Nothing is refused; what silence means changes, which is a warning here."
SOURCE = "On the wire nothing breaks (`optional answer field removed`); the SDK loses a member, which breaks its users' source."
SENT = "Headers of an answer are not optional here: the server sends each, and a client may read it."
LATER = "Without a day the operation cannot go at all, so the old promise holds the longer."


@dataclass(frozen=True)
class Row:
    """`subject` is what the gate says it of; `differs` is why the two do not agree."""

    subject: str
    old: Edits
    new: Edits
    rules: frozenset[str]
    differs: str = ""


def row(subject: str, old: Edits, new: Edits, rules: str, differs: str = "") -> Row:
    return Row(subject, old, new, frozenset(rules.split()), differs)


def field(place: str, text: str) -> Edits:
    """The field `f` in a body, a query or an answer; `!` makes it required, and no text is no field."""
    if not text:
        return ()
    line = f"    f: {{{text.rstrip('!')}}}\n"
    if place == "body":
        needed = ((SCHEMA, NEEDED, f"{NEEDED[:-1]}, f]"),) if text.endswith("!") else ()
        return ((SCHEMA, INPUT, line + INPUT), *needed)
    if place == "query":
        needed = ((SCHEMA, "ThingQuery:\n", "ThingQuery:\n  required: [f]\n"),) if text.endswith("!") else ()
        return ((SCHEMA, QUERY, line + QUERY), *needed)
    needed = ((SCHEMA, THING, f"{THING[:-1]}, f]"),) if text.endswith("!") else ()
    return ((SCHEMA, VERSION, VERSION + line), *needed)


QUERY = "    page: {type: integer, format: int32, minimum: 1, default: 1}\n"
SUBJECTS = {"body": "MakeThingRequest.f", "query": "GetThingsRequest.f", "answer": "Thing.f"}


def changed(place: str, old: str, new: str, rules: str, differs: str = "") -> Row:
    return row(SUBJECTS[place], field(place, old), field(place, new), rules, differs)


INT, NUM, STR = "type: integer, format: int32", "type: number", "type: string"
LIST = "type: array, items: {type: boolean}"
BOTH = "request-values-narrowed request-values-widened"
NARROWED, WIDENED = "request-values-narrowed", "answer-values-widened"
PING = "summary: Case ping.\n"
SUNSET = (HTTP, PING, f"{PING}    deprecated: true\n    x-sunset: '2027-01-01'\n")
NO_PING: Edits = (("openapi.yaml", "  /ping: {$ref: 'http/things.yaml#/p3'}\n", ""),)
GREEN: Edits = ((SCHEMA, "[red, dark-blue]", "[red, dark-blue, green]"),)
DOT: Edits = (
    (SCHEMA, "{$ref: '#/Square'}]", "{$ref: '#/Square'}, {$ref: '#/Dot'}]"),
    (SCHEMA, "ThingInput:\n", "Dot:\n  type: object\n  required: [kind]\n  properties:\n    kind: {type: string, const: dot}\nThingInput:\n"),
)  # fmt: skip
ONE_OK = "      '201':\n        description: Done.\n"
HEADER: Edits = ((HTTP, ONE_OK, f"{ONE_OK}        headers: {{X-Name: {{x-field: name, schema: {{type: string}}}}}}\n"),)
ACCEPTED: Edits = tuple(CHANGES["success status added"].new)


def of_requests(word: str, place: str) -> dict[str, Row]:
    """What the tool asks of a parameter as of a property."""
    return {
        f"{word}-became-enum": changed(place, STR, "$ref: '#/Colour'", "request-type-changed"),
        f"{word}-became-required": changed(place, STR, f"{STR}!", "request-field-required"),
        f"{word}-max-decreased": changed(place, f"{INT}, maximum: 9", f"{INT}, maximum: 8", NARROWED),
        f"{word}-min-increased": changed(place, f"{INT}, minimum: 1", f"{INT}, minimum: 2", NARROWED),
        f"{word}-max-set": changed(place, INT, f"{INT}, maximum: 9", NARROWED, NEW_BOUND),
        f"{word}-min-set": changed(place, INT, f"{INT}, minimum: 1", NARROWED, NEW_BOUND),
        f"{word}-exclusive-max-decreased": changed(
            place, f"{NUM}, exclusiveMaximum: 9", f"{NUM}, exclusiveMaximum: 8", NARROWED
        ),
        f"{word}-exclusive-min-increased": changed(
            place, f"{NUM}, exclusiveMinimum: 1", f"{NUM}, exclusiveMinimum: 2", NARROWED
        ),
        f"{word}-exclusive-max-set": changed(place, NUM, f"{NUM}, exclusiveMaximum: 9", NARROWED, NEW_BOUND),
        f"{word}-exclusive-min-set": changed(place, NUM, f"{NUM}, exclusiveMinimum: 1", NARROWED, NEW_BOUND),
        f"{word}-max-length-decreased": changed(place, f"{STR}, maxLength: 9", f"{STR}, maxLength: 8", NARROWED),
        f"{word}-min-length-increased": changed(place, f"{STR}, minLength: 1", f"{STR}, minLength: 2", NARROWED),
        f"{word}-max-length-set": changed(place, STR, f"{STR}, maxLength: 9", NARROWED, NEW_BOUND),
        f"{word}-min-items-increased": changed(place, f"{LIST}, minItems: 1!", f"{LIST}, minItems: 2!", NARROWED),
        f"{word}-min-items-set": changed(place, f"{LIST}!", f"{LIST}, minItems: 2!", NARROWED, NEW_BOUND),
        f"{word}-pattern-added": changed(place, STR, f"{STR}, pattern: '^a'", NARROWED),
        f"{word}-pattern-changed": changed(place, f"{STR}, pattern: '^a'", f"{STR}, pattern: '^b'", BOTH, NEW_BOUND),
        f"{word}-type-changed": changed(place, STR, "type: boolean", "request-type-changed"),
        f"{word}-enum-value-removed": row("Colour.green", GREEN, (), "request-member-removed answer-member-removed"),
    }


TABLE: dict[str, Row] = {
    **of_requests("request-property", "body"),
    **of_requests("request-parameter", "query"),
    "new-required-request-property": changed("body", "", f"{STR}!", "request-required-field-added"),
    "request-property-removed": changed("body", STR, "", "request-field-removed", CLOSED),
    "request-property-became-not-nullable": changed("body", "type: [string, 'null']!", f"{STR}!", "request-null-refused"),
    "request-property-const-added": changed("body", STR, f"{STR}, const: a", NARROWED),
    "request-property-const-changed": changed("body", f"{STR}, const: a", f"{STR}, const: b", BOTH),
    "request-property-content-encoding-changed": changed("body", STR, f"{STR}, contentEncoding: base64", "request-type-changed"),
    "request-property-one-of-removed": row("Shape.dot", DOT, (), "request-arm-removed answer-arm-removed"),
    "new-required-request-parameter": changed("query", "", f"{STR}!", "request-required-field-added"),
    "request-parameter-removed": changed("query", STR, "", "request-field-removed", CLOSED),
    "request-parameter-max-items-decreased": changed("query", f"{LIST}, maxItems: 9!", f"{LIST}, maxItems: 8!", NARROWED),
    "request-parameter-default-value-added": changed("query", INT, f"{INT}, default: 1", "request-default-changed", SILENCE),
    "request-parameter-default-value-changed": changed("query", f"{INT}, default: 1", f"{INT}, default: 2", "request-default-changed", SILENCE),
    "request-parameter-default-value-removed": changed("query", f"{INT}, default: 1", INT, "request-default-changed", SILENCE),
    "response-required-property-removed": changed("answer", f"{STR}!", "", "answer-field-removed"),
    "response-optional-property-removed": changed("answer", STR, "", "answer-optional-field-removed", SOURCE),
    "response-property-became-optional": changed("answer", f"{STR}!", STR, "answer-field-optional"),
    "response-property-became-nullable": changed("answer", f"{STR}!", "type: [string, 'null']!", "answer-null-sent"),
    "response-property-const-removed": changed("answer", f"{STR}, const: a", STR, "answer-type-changed"),
    "response-property-const-changed": changed("answer", f"{STR}, const: a", f"{STR}, const: b", "answer-type-changed"),
    "response-property-content-encoding-changed": changed("answer", STR, f"{STR}, contentEncoding: base64", "answer-type-changed"),
    "response-property-max-increased": changed("answer", f"{INT}, maximum: 8", f"{INT}, maximum: 9", WIDENED, UNREAD_BOUND),
    "response-property-min-decreased": changed("answer", f"{INT}, minimum: 2", f"{INT}, minimum: 1", WIDENED, UNREAD_BOUND),
    "response-property-exclusive-max-increased": changed("answer", f"{NUM}, exclusiveMaximum: 8", f"{NUM}, exclusiveMaximum: 9", WIDENED, UNREAD_BOUND),
    "response-property-exclusive-min-decreased": changed("answer", f"{NUM}, exclusiveMinimum: 2", f"{NUM}, exclusiveMinimum: 1", WIDENED, UNREAD_BOUND),
    "response-property-max-length-increased": changed("answer", f"{STR}, maxLength: 8", f"{STR}, maxLength: 9", WIDENED, UNREAD_BOUND),
    "response-property-max-length-unset": changed("answer", f"{STR}, maxLength: 8", STR, WIDENED, UNREAD_BOUND),
    "response-property-min-length-decreased": changed("answer", f"{STR}, minLength: 2", f"{STR}, minLength: 1", WIDENED, UNREAD_BOUND),
    "response-property-min-items-decreased": changed("answer", f"{LIST}, minItems: 2!", f"{LIST}, minItems: 1!", WIDENED, UNREAD_BOUND),
    "response-property-min-items-unset": changed("answer", f"{LIST}, minItems: 2!", f"{LIST}!", WIDENED, UNREAD_BOUND),
    "response-property-type-changed": changed("answer", STR, "type: boolean", "answer-type-changed"),
    "response-property-type-generalized": changed("answer", INT, "type: number", "answer-type-changed"),
    "response-property-enum-value-added": row("Colour.green", (), GREEN, "request-member-added answer-member-added"),
    "response-property-one-of-added": row("Shape.dot", (), DOT, "request-arm-added answer-arm-added"),
    "response-success-status-removed": row("change_thing", ACCEPTED, (), "http-status-removed"),
    "required-response-header-removed": row("make_thing: x-name", HEADER, (), "http-header-removed"),
    "optional-response-header-removed": row("make_thing: x-name", HEADER, (), "http-header-removed", SENT),
    "api-path-removed-without-deprecation": row("ping", (), NO_PING, "operation-removed"),
    "api-path-removed-before-sunset": row("ping", (SUNSET,), (*NO_PING, cut(HTTP, "p3:", "")), "operation-removed"),
    "api-removed-without-deprecation": row("get_thing", (), (cut(HTTP, "  get:\n    operationId: get_thing\n", "  put:"),), "http-door-removed audit-changed limit-lowered"),
    "api-sunset-date-changed-too-small": row("ping", (SUNSET,), ((SUNSET[0], SUNSET[1], SUNSET[2].replace("2027", "2026")),), "sunset-advanced"),
    "sunset-deleted": row("ping", (SUNSET,), ((HTTP, PING, f"{PING}    deprecated: true\n"),), "sunset-postponed", LATER),
    "webhook-removed": row("thing_made", (), CHANGES["event removed"].new, "event-removed"),
}  # fmt: skip

INEXPRESSIBLE = {
    "These keywords are not of the subset (S004).": r"(any-of|if|then|else|contains|min-contains|max-contains|prefix-items|dependent|pattern-property|property-names|unevaluated|content-schema|content-media-type|x-extensible)",
    "allOf is read into one flat record, so that nothing is left of it to compare.": r"all-of",
    "A schema has one type (S003); null is the checks of `nullable`.": r"list-of-types",
    "A body is a record, and a result a record or a union with a name, so that their changes are those of their fields.": r"^(request|response)-body-",
    "The media types of JSON are the compiler's; those of bytes are tried in test_operations.py, and words of one direction in test_records.py.": r"(media-type|write-only)",
    "x-stability-level is no word of ours.": r"stability",
    "Properties and parameters are not deprecated here, only operations.": r"^(request|response)-(property|parameter)-(deprecated|sunset|removed-before)",
    "The parser of the contract has judged the day (W002), and no policy says how far it must lie ahead.": r"^(api|api-path)-(deprecated-)?sunset-(parse|missing|date-too-small)$",
    "The two ways to remove an operation before its day are one; `api-path-removed-before-sunset` is tried.": r"^api-removed-before-sunset$",
    "A parameter is no object, for a query that is one is flat, and has no null.": r"^(request-parameter-property-|request-parameter-became-not-nullable|request-header-property-|new-required-request-header-property)",
    "What is required has no default (S026).": r"(required-with-default|property-with-default|new-required-request-default)",
    "Another path parameter is another path here, and so the address that changed.": r"^new-request-path-parameter$",
    "A header of an answer is a field of the record, and changes with it.": r"^response-header-",
}  # fmt: skip


def levels() -> Levels:
    lines = (line.split() for line in CHECKS.read_text().splitlines())
    return {name: level for level, name in lines}


def contract(folder: Path, edits: Edits) -> Contract:
    """What the gate compares needs no proto and no lock; everything else is in order."""
    loaded = edited(folder, *edits, case=CASE)
    assert {finding.rule[0] for finding in loaded.findings} <= {"X", "N", "O"}, loaded.report()
    return loaded.contract


@pytest.mark.parametrize("check", sorted(TABLE))
def test_a_check_and_the_gate_agree_or_it_is_said_why_not(check: str, tmp_path: Path) -> None:
    tried = TABLE[check]
    verdict = judge(contract(tmp_path / "old", tried.old), contract(tmp_path / "new", tried.new), (), TODAY)
    found = {one.rule for one in verdict.changes if one.subject == tried.subject and not one.rule.startswith("proto-")}
    assert found == tried.rules
    is_error = any(RULES[rule].severity is Severity.ERR for rule in found)
    assert (is_error == (levels()[check] == "ERR")) is not bool(tried.differs)


def test_every_check_is_tried_or_has_one_reason() -> None:
    counted = Counter({check: int(check in TABLE) for check in levels()})
    for check in counted.keys() - TABLE.keys():
        counted[check] += any(re.search(pattern, check) is not None for pattern in INEXPRESSIBLE.values())
    assert {check for check, count in counted.items() if count != 1} == set()
    assert levels().keys() >= TABLE.keys()
    assert len(TABLE) >= 60


def test_every_reason_is_of_a_check() -> None:
    left = levels().keys() - TABLE.keys()
    for reason, pattern in INEXPRESSIBLE.items():
        assert any(re.search(pattern, check) for check in left), reason


SAME = {
    "bound narrowed": ("{type: string, maxLength: 50}", "{type: string, maxLength: 40}"),
    "bound widened": ("{type: string, maxLength: 50}", "{type: string, maxLength: 60}"),
    "field may be null": ("{type: string, maxLength: 50}", "{type: [string, 'null'], maxLength: 50}"),
    "field not required": ("required: [id, name]", "required: [id]"),
    "field added": ("    name: {", "    f: {type: boolean}\n    name: {"),
    "field removed": ("  required: [id, name]\n", "  required: [id]\n"),
    "type changed": ("id: {type: integer, format: int64}", "id: {type: string}"),
    "form": ("{type: string, maxLength: 50}", "{type: string, format: date}"),
}


@pytest.mark.parametrize("name", SAME)
def test_an_answer_of_the_socket_alone_has_the_rules_of_http(name: str, tmp_path: Path) -> None:
    found = [_rules(tmp_path / case, case, SCHEMA, SAME[name]) for case in ("p31_socket_only", "p30_rest_only")]
    assert found[0] == found[1]
    assert found[0]


@pytest.mark.parametrize("name", [name for name in of_requests("f", "body") if name != "f-enum-value-removed"])
def test_a_request_of_the_socket_alone_has_the_rules_of_http(name: str, tmp_path: Path) -> None:
    """`make_thing` without its other door."""
    no_http = cut(HTTP, "  post:\n", "p2:")
    no_socket = (
        cut("packages/things.yaml", "  make_thing:\n    action", "  get_thing:\n    action"),
        ("asyncapi.yaml", "  make_thing: {$ref: 'packages/things.yaml#/operations/make_thing'}\n", ""),
    )
    tried = of_requests("f", "body")[name]
    found: list[set[str]] = []
    for door in ((no_http,), no_socket):
        folder = tmp_path / str(len(found))
        old, new = (
            edited(folder / side, *edits, *door, case=CASE).contract
            for side, edits in (("old", tried.old), ("new", tried.new))
        )
        (operation,) = (one for one in new.operations if one.name == "make_thing")
        assert (operation.http is None) is (door == (no_http,))
        assert (operation.pkg_id is None) is (door == no_socket)
        changes = judge(old, new, (), TODAY).changes
        found.append({one.rule for one in changes if one.subject == tried.subject} - {"proto-kind-changed"})
    assert found[0] == found[1]
    assert found[0] >= tried.rules


def _rules(folder: Path, case: str, file: str, edit: tuple[str, str]) -> set[tuple[str, str]]:
    old = edited(folder / "old", case=case).contract
    new = edited(folder / "new", (file, *edit), case=case).contract
    return {(one.rule, one.subject) for one in judge(old, new, (), TODAY).changes}
