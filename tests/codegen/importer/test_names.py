"""Foreign names in the language's spellings."""

from __future__ import annotations

import pytest

from codegen.importer.names import Taken, identifier, literals, of_path, singular, type_name, words
from codegen.ir.names import is_identifier, is_type_name


@pytest.mark.parametrize(
    ("foreign", "here"),
    [("petId", "pet_id"), ("pet-id", "pet_id"), ("Pet ID", "pet_id"), ("read_items__get", "read_items_get"), ("HTTPError2", "http_error2"),
     ("$type", "type"), ("+1", "plus_1"), ("-1", "minus_1"), ("_links", "links"), ("ünïcode", "n_code"), ("", "")],
)  # fmt: skip
def test_words_are_lower_case_and_joined(foreign: str, here: str) -> None:
    assert words(foreign) == here


@pytest.mark.parametrize("foreign", ["class", "from", "2fa", "json", "model_id", "%%%", "a" * 90, "schema", "x__y_"])
def test_every_name_becomes_a_legal_one(foreign: str) -> None:
    assert is_identifier(identifier(foreign))
    assert not identifier(foreign).startswith("model_")
    assert is_type_name(type_name(foreign))


def test_a_keyword_and_a_name_of_the_models_have_a_prefix() -> None:
    assert [identifier(name) for name in ("from", "json", "model_id", "2fa")] == [
        "its_from",
        "its_json",
        "its_model_id",
        "its_2fa",
    ]


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [("get", "/pets", "get_pets"), ("post", "/pets", "create_pet"), ("delete", "/pets/{id}", "delete_pet"), ("put", "/api/v1/pets/{id}", "replace_pet"),
     ("get", "/pets/{id}/photos", "get_pet_photos"), ("get", "/", "get_root"), ("patch", "/categories/{id}", "update_category")],
)  # fmt: skip
def test_an_operation_without_a_name_is_called_after_method_and_path(method: str, path: str, name: str) -> None:
    assert of_path(method, path) == name


@pytest.mark.parametrize(
    ("many", "one"), [("pets", "pet"), ("categories", "category"), ("addresses", "address"), ("boxes", "box"), ("status", "status"), ("gas", "ga")]
)  # fmt: skip
def test_the_singular_of_ordinary_plurals(many: str, one: str) -> None:
    assert singular(many) == one


def test_versions_and_bases_are_no_nouns_of_a_path() -> None:
    assert literals("/api/v1/2010-04-01/Accounts/{Sid}/Calls") == ["accounts", "calls"]


def test_an_rpc_is_not_called_as_the_message_that_another_takes() -> None:
    taken = Taken(are_rpcs=True)
    assert [taken.give(name) for name in ("create_pet", "create_pet_request", "ask_request", "ask")] == [
        "create_pet", "create_pet_request_2", "ask_request", "ask_2",
    ]  # fmt: skip


def test_a_name_is_given_once_in_every_spelling() -> None:
    taken = Taken({"get_pet"})
    assert taken.give("get_pet") == "get_pet_2"
    assert taken.give("a_1") == "a_1"
    assert taken.give("a1", "of_pets") == "a1_of_pets"
    assert taken.give("Pet", "Record") == "Pet"
    assert taken.give("Pet", "Record") == "PetRecord"
    assert taken.has("pet")
