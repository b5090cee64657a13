"""Names of a foreign document in the spellings of the language: snake_case for operations, fields and features, UpperCamel for types.

A name that the language cannot have as it is gets the nearest one that it can; whoever asks says so where the name is on the wire.
"""

from __future__ import annotations

import re

from codegen.ir.names import MAX_LENGTH, camel, is_identifier, is_type_name, snake
from codegen.parse.keywords import RESERVED, SHADOWING

VERSION = re.compile(r"v?[0-9]+(_[0-9]+)*\Z")
BASES = ("api", "rest")
VERBS = {"get": "get", "post": "create", "put": "replace", "patch": "update", "delete": "delete"}
REQUEST = "request"
PREFIX = "its"
"""Stands before a field that would be a keyword, begin with a digit, or hide an attribute of the models."""


def words(text: str) -> str:
    """`petId`, `pet-id`, `pet.id` and `Pet ID` are `pet_id`; nothing is left of a text without letters and digits."""
    signed = re.sub(r"^([+-])(?=[0-9])", lambda found: {"+": "plus_", "-": "minus_"}[found[1]], text)
    apart = re.sub(r"[^A-Za-z0-9]+", "_", signed)
    return re.sub(r"_+", "_", snake(apart)).strip("_")


def identifier(text: str, fallback: str = "value") -> str:
    """The nearest name that an operation, a field or a feature may have."""
    name = words(text)[:MAX_LENGTH].strip("_") or fallback
    if is_identifier(name) and name not in SHADOWING and not name.startswith("model_"):
        return name
    return f"{PREFIX}_{name}"[:MAX_LENGTH].strip("_")


def type_name(text: str, fallback: str = "Value") -> str:
    """The nearest name that a type may have."""
    parts = [part for part in re.split(r"[^A-Za-z0-9]+", text) if part]
    name = "".join(part[:1].upper() + part[1:] for part in parts)[:MAX_LENGTH] or fallback
    name = name if name[0].isalpha() else f"Its{name}"[:MAX_LENGTH]
    return name if is_type_name(name) and name not in RESERVED else f"{name[: MAX_LENGTH - 5]}Value"


def singular(word: str) -> str:
    """`categories` → `category`, `addresses` → `address`, `pets` → `pet`; other words stay."""
    for ending, single in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + single
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2
    return word[:-1] if is_plural else word


def literals(path: str) -> list[str]:
    """The fixed segments of a path as words, without `api` and versions."""
    found = [words(part) for part in path.split("/") if part and not part.startswith("{")]
    return [one for one in found if one and one not in BASES and not VERSION.match(one)]


def of_path(method: str, path: str) -> str:
    """What an operation without a name is called: a verb for its method and nouns of its path.

    `GET /pets` → `get_pets`, `POST /pets` → `create_pet`, `DELETE /pets/{id}` → `delete_pet`.
    """
    nouns = literals(path) or ["root"]
    last = [part for part in path.split("/") if part][-1:]
    is_single = (bool(last) and last[0].startswith("{")) or method == "post"
    nouns = [*map(singular, nouns[:-1]), singular(nouns[-1]) if is_single else nouns[-1]]
    return identifier("_".join([VERBS.get(method, method), *nouns]))


class Taken:
    """Names that are given out, each once in every spelling that targets have."""

    def __init__(self, taken: set[str] | None = None, *, are_rpcs: bool = False) -> None:
        """An rpc is called neither as another one nor as the message that another one takes."""
        self._are_rpcs = are_rpcs
        self._spelled = {_spelled(name) for name in taken or ()}

    def has(self, name: str) -> bool:
        spelled = _spelled(name)
        others = {spelled + REQUEST, spelled.removesuffix(REQUEST)} if self._are_rpcs else set()
        return bool({spelled, *others} & self._spelled)

    def give(self, name: str, ending: str = "") -> str:
        """The name, or with the ending, or with a number; from now on taken."""
        snakes = name[:1].islower()
        found, number = name, 1
        while self.has(found):
            suffix = ending if number == 1 and ending else str(number + 1)
            joined = f"_{suffix}" if snakes else suffix
            found = name[: MAX_LENGTH - len(joined)].rstrip("_") + joined
            number += 1
        self._spelled.add(_spelled(found))
        return found


def _spelled(name: str) -> str:
    return camel(snake(name)).lower()
