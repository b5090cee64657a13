"""Names make way with an underscore where TypeScript, its objects or the client have them, and stay apart."""

from __future__ import annotations

from dataclasses import replace

from codegen.emit.typescript_names import (
    constant,
    feature_name,
    functions,
    inputs,
    members,
    method_name,
    npm_package,
    pager_key,
    properties,
)
from codegen.ir.types import Bool, Enum, Field, Record
from tests.codegen.contracts import shipped


def test_features_make_way_for_the_client_s_own_members() -> None:
    assert [feature_name(one) for one in ("audit_log", "on", "close", "then")] == ["auditLog", "on_", "close_", "then_"]


def test_methods_make_way_for_what_objects_have() -> None:
    found = [method_name(one) for one in ("get_page", "delete", "then", "constructor", "to_string")]
    assert found == ["getPage", "delete", "then_", "constructor_", "toString_"]


def test_fields_that_camel_case_makes_one_stay_apart() -> None:
    names = ("born_on", "a_1", "a1", "value_of", "constructor")
    record = Record("Thing", tuple(Field(name, Bool(), required=True) for name in names))
    assert list(properties(record).values()) == ["bornOn", "a1", "a1_", "valueOf_", "constructor_"]


def test_members_that_pascal_case_makes_one_stay_apart() -> None:
    enum = Enum("Size", (("own-van", "own-van"), ("a_1", "a_1"), ("a1", "a1")))
    assert list(members(enum).values()) == ["OwnVan", "A1", "A1_"]


def test_functions_make_way_for_reserved_words_and_for_connect() -> None:
    one = shipped().operations[0]
    operations = tuple(replace(one, name=name, pager=None) for name in ("delete", "connect", "get_artist", "await"))
    found = functions(replace(shipped(), operations=operations, events=()))
    assert list(found.values()) == ["delete_", "connect_", "getArtist", "await_"]


def test_a_pager_has_a_function_of_its_own() -> None:
    paged = next(one for one in shipped().operations if one.pager)
    assert functions(shipped())[pager_key(paged)] == "paginateGetPaginatedArtists"
    assert constant(paged.name) == "GET_PAGINATED_ARTISTS"


def test_a_twin_makes_way_for_a_type_of_its_name() -> None:
    contract = shipped()
    record = Record("Artist", ())
    both = replace(
        contract, definitions={"Artist": record}, inputs=frozenset({"Artist"}), results=frozenset({"Artist"})
    )
    assert inputs(both) == {"Artist": "ArtistInput"}
    taken = replace(both, definitions={"Artist": record, "ArtistInput": record})
    assert inputs(taken) == {"Artist": "Artist_Input"}


def test_the_package_has_the_product_s_name() -> None:
    assert npm_package(shipped()) == "stele-client"
    desk = replace(shipped(), info=replace(shipped().info, product="order_desk"))
    assert npm_package(desk) == "order-desk-client"
