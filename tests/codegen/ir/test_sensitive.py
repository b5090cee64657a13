"""What no log may have is known wherever it stands in a request."""

from __future__ import annotations

from pathlib import Path

from codegen.ir.sensitive import sensitive_names
from codegen.pipeline import load
from tests.codegen.contracts import CASES, compose

SCHEMAS = """
Word:
  type: object
  required: [word]
  properties: {word: {type: string, x-sensitive: true}, next: {$ref: '#/Word'}}
Login:
  type: object
  required: [name, password, words, named]
  properties:
    name: {type: string}
    password: {type: string, format: password}
    words: {type: array, items: {$ref: '#/Word'}}
    named: {type: object, additionalProperties: {$ref: '#/Word'}}
    one: {$ref: '#/Word'}
"""


def test_a_password_and_what_is_sensitive_is_named_through_records_lists_and_maps(tmp_path: Path) -> None:
    specs = compose("p37_sensitive", tmp_path)
    things = specs / "schemas" / "things.yaml"
    token = (CASES / "p37_sensitive" / "specs" / "schemas" / "things.yaml").read_text().partition("Token:")[2]
    things.write_text(f"{SCHEMAS}Token:{token}")
    contract = load(specs).contract
    (operation,) = (one for one in contract.operations if one.name == "log_in")
    assert sensitive_names(contract, operation.request.fields) == {
        "password", "words.word", "named.word", "one.word",
    }  # fmt: skip
