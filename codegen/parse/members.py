"""What code calls the members of JSON: `petId` is `pet_id`, by one rule, or what the contract says in `x-field-names`.

JSON keeps the name that stands in the schema; proto, the service and the Python client have the other one.
"""

from __future__ import annotations

from collections.abc import Iterable

from codegen.diagnostics import Findings, Place, meant
from codegen.ir.names import code_name, is_identifier, is_member_name
from codegen.ir.types import Field
from codegen.parse.keywords import SHADOWING
from codegen.parse.yaml_tree import Mapping, plain

WORD = "x-field-names"
MEMBER = "use at most 64 letters, digits and _ - . : @ $ [ ]"


def namesake(known: Iterable[Field], one: Field) -> Field | None:
    """The field that JSON or code calls as this one: a record has each name once."""
    return next((each for each in known if each.name == one.name or each.member == one.member), None)


def told_once(first: Field, one: Field, what: str) -> str:
    """That two members of JSON have one name in code; nothing where they are one member."""
    if first.member == one.member:
        return ""
    return f"{first.member!r} and {one.member!r} of {what} are both called {one.name!r} in code"


class Members:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def codes(self, node: Mapping, properties: Mapping, what: str) -> dict[str, str]:
        """Code's name of each member that has one, in the order of the schema; S018 for the others."""
        said = plain(node.entries[WORD]) if WORD in node.entries else {}
        given = {str(key): str(name) for key, name in said.items()} if isinstance(said, dict) else {}
        for unknown in sorted(given.keys() - properties.entries.keys()):
            message = f"{WORD} of {what} names {unknown!r}, which is no property"
            fix = meant(unknown, properties.entries, "write {member: name}")
            self._findings.add("S018", node.entries[WORD].place, message, fix=fix)
        found: dict[str, str] = {}
        first: dict[str, str] = {}
        for member, place in properties.keys.items():
            code = self.code(member, given.get(member), place, f"`{WORD}: {{{member}: …}}` beside properties")
            if code and first.setdefault(code, member) != member:
                message = f"{first[code]!r} and {member!r} of {what} are both called {code!r} in code"
                self._findings.add("S018", place, message, fix=f"give one a name in {WORD}")
            elif code:
                found[member] = code
        return found

    def code(self, member: str, given: str | None, place: Place, word: str) -> str | None:
        """Code's name of one member; None after a finding. `word` is where the contract may say another."""
        if not is_member_name(member):
            self._findings.add("S018", place, f"the field name {member!r} is not legal on every door", fix=MEMBER)
            return None
        code = given or code_name(member)
        fix = f"give it a name for code by {word}: snake_case, no keyword"
        if code in SHADOWING or code.startswith("model_"):
            message = f"the field name {code!r} has a meaning of its own in Python models"
            self._findings.add("S018", place, message, fix=fix)
            return None
        if not is_identifier(code):
            message = f"the field name {member!r} gives code no name"
            self._findings.add("S018", place, message, fix=fix)
            return None
        return code
