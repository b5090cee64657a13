"""Types stand with the feature that reaches them."""

from __future__ import annotations

from codegen.diagnostics import NOWHERE
from codegen.importer.draft import Draft, Operation, Package, Ref
from codegen.importer.layout import MOST, homes, resolved


def operation(feature: str, *names: str) -> Operation:
    return Operation(feature, feature, "", NOWHERE, "get", "/", {"x": [Ref(name) for name in names]})


def test_a_type_of_one_feature_is_in_its_file_and_others_are_shared() -> None:
    draft = Draft(
        schemas={"A": {"b": Ref("B")}, "B": {}, "C": {}, "D": {}},
        operations=[operation("cats", "A", "C"), operation("dogs", "C")],
    )
    draft.packages.append(Package("hear", "dogs", "", NOWHERE, True, Ref("B")))
    assert homes(draft) == {"A": "schemas/cats.yaml", "B": "schemas/shared.yaml", "C": "schemas/shared.yaml"}


def test_a_large_file_is_parted() -> None:
    names = [f"T{number}" for number in range(MOST + 1)]
    found = homes(Draft(schemas={name: {} for name in names}, operations=[operation("cats", *names)]))
    assert (found["T0"], found[f"T{MOST}"]) == ("schemas/cats.yaml", "schemas/cats_2.yaml")


def test_a_reference_is_written_from_where_it_stands() -> None:
    where = {"A": "schemas/cats.yaml"}
    assert resolved(Ref("A"), "schemas/cats.yaml", where) == {"$ref": "#/A"}
    assert resolved([Ref("A", "/properties/items")], "schemas/dogs.yaml", where) == [
        {"$ref": "cats.yaml#/A/properties/items"}
    ]
    assert resolved({"schema": Ref("A")}, "http/dogs.yaml", where) == {"schema": {"$ref": "../schemas/cats.yaml#/A"}}
