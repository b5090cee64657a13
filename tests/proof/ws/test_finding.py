"""A finding has a name that is said once, and of a witness it says that others suffer."""

from __future__ import annotations

from proof.ws.finding import WITNESS, Finding, found
from proof.ws.session import Send
from proof.ws.transcript import Call


def call(label: str) -> Call:
    return Call(Send("s", "get_thing", label, {}), "able", "json", "key", {}, 0.0)


def test_two_findings_of_one_check_operation_and_encoding_are_one() -> None:
    assert found(call("a"), "policy", "one").name == found(call("b"), "policy", "another").name
    assert Finding("policy", "x", "json", "").name != Finding("policy", "x", "proto", "").name


def test_of_a_witness_another_check_speaks_and_names_the_first() -> None:
    told = found(call(WITNESS), "one-reply", "no reply")
    assert (told.check, told.text) == ("others-unaffected", "one-reply: no reply")
