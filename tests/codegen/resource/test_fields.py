"""The words of `fields=` become fields, and every fault in them is said at once, at its place."""

from __future__ import annotations

import pytest

from codegen.resource.fields import Fields

WORDS = "title:string(200) status:enum(open, closed) due:date? tags:list(string(40),10) level:int(1..10) ticket_id:ref(ticket)?"


def test_fields_have_a_name_a_type_and_whether_they_are_optional() -> None:
    read = Fields(WORDS)
    found = [(one.name, one.kind.name, one.is_optional) for one in read.found]
    assert read.faults == []
    assert found == [
        ("title", "string", False), ("status", "enum", False), ("due", "date", True), ("tags", "list", False),
        ("level", "int", False), ("ticket_id", "ref", True),
    ]  # fmt: skip


def test_arguments_are_read() -> None:
    title, status, _, tags, level, ticket = Fields(WORDS).found
    assert title.kind.schema["maxLength"] == "200"
    assert status.kind.schema["enum"] == "[open, closed]"
    assert (tags.kind.schema["maxItems"], tags.kind.item and tags.kind.item.schema["maxLength"]) == ("10", "40")
    assert (level.kind.schema["minimum"], level.kind.schema["maximum"]) == ("1", "10")
    assert ticket.kind.target == "ticket"


@pytest.mark.parametrize(
    ("words", "column", "message", "fix"),
    [
        ("", 1, "there are no fields", "name:type"),
        ("title", 6, "'title' has no type", "name:type"),
        ("a:text b:sting(3)", 10, "there is no type 'sting'", "did you mean 'string'?"),
        ("a:text a:text", 8, "the field 'a' stands twice", "remove one"),
        ("class:text", 1, "'class' is no name", "no word of Python"),
        ("json:text", 1, "'json' is no name", "Pydantic"),
        ("Title:text", 1, "'Title' is no name", "snake_case"),
        ("version:int", 1, "the name 'version' is taken", "otherwise"),
        ("a:string", 3, "without its ( )", "string(200)"),
        ("a:string(0)", 3, "nothing can be made of (0)", "string(200)"),
        ("a:int(9..1)", 3, "nothing can be made of (9..1)", "int(1..10)"),
        ("a:date(3)", 3, "nothing can be made of (3)", "write it as date"),
        ("a:enum(x,x)", 10, "the member 'x' stands twice", "remove one"),
        ("a:enum(x, Y y)", 11, "'Y y' is no member", "snake_case"),
        ("a:enum(unspecified)", 8, "'unspecified' is no member", "unspecified"),
        ("a:list(text)", 3, "nothing can be made of (text)", "list(string(40),10)"),
        ("a:list(list(int,2),3)", 8, "a list of list(int,2)", "a resource of its own"),
        ("a:list(stirng(3),2)", 8, "there is no type 'stirng'", "did you mean 'string'?"),
        ("a:ref(Ticket)", 3, "nothing can be made of (Ticket)", "ref(ticket)"),
        ("a:string(3", 9, "the parenthesis of 'string' is not closed", "`)`"),
    ],
)
def test_a_fault_has_its_place_and_its_fix(words: str, column: int, message: str, fix: str) -> None:
    (fault,) = Fields(words).faults
    assert (fault.argument, fault.column) == ("fields", column)
    assert message in fault.message
    assert fix in fault.fix


def test_all_faults_are_found_at_once_and_right_fields_are_kept() -> None:
    read = Fields("title:sting(1) ok:text id:int ok:text due:enum(a,a)")
    assert [one.column for one in read.faults] == [7, 24, 31, 50]
    assert [one.name for one in read.found] == ["ok"]
