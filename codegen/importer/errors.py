"""Error responses to codes of the catalogue: what the platform answers by itself is not declared, everything else is a code by its status."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.importer.draft import Draft, ErrorEntry
from codegen.importer.losses import ERROR, Losses
from codegen.importer.names import identifier, singular, words
from codegen.importer.nodes import items, mapping, place_of, reference, text
from codegen.importer.sources import Library
from codegen.parse.yaml_tree import Mapping, Node

IMPLIED = {"400", "401", "403", "405", "406", "408", "413", "414", "415", "422", "429", "431", "500", "503", "504"}
"""The pipeline answers these by itself, with codes of errors.yaml."""
KINDS = {"402": "PERMISSION_DENIED", "404": "NOT_FOUND", "407": "UNAUTHENTICATED", "409": "CONFLICT", "410": "NOT_FOUND",
         "412": "CONFLICT", "423": "CONFLICT", "428": "INVALID_DATA", "451": "PERMISSION_DENIED"}  # fmt: skip
ENDINGS = {"402": "payment_required", "404": "not_found", "409": "conflict", "410": "gone", "411": "length_required",
           "412": "precondition_failed", "416": "range_not_satisfiable", "417": "expectation_failed", "418": "teapot",
           "421": "misdirected", "423": "locked", "424": "dependency_failed", "425": "too_early", "426": "upgrade_required",
           "428": "precondition_required", "451": "legally_withheld", "501": "not_implemented", "502": "upstream_failed",
           "507": "storage_full"}  # fmt: skip
RETRYABLE = {"423", "425", "502"}
GENERIC = {"error", "errors", "default", "response", "problem", "api_error", "default_error", "generic_error"}
BODY = "errors are application/problem+json here; what the document answers with is left out"


@dataclass(slots=True)
class Errors:
    library: Library
    draft: Draft
    losses: Losses
    taken: set[str]
    """Codes that the platform has."""

    def read(self, responses: Mapping, feature: str) -> list[str]:
        """The codes that x-errors names, in the order of the responses."""
        found: list[str] = []
        for status, node in responses:
            if not status.startswith(("4", "5")) and status != "default":
                continue
            response = self.library.resolve(node)
            if isinstance(response, Mapping) and "content" in response.entries:
                self.losses.count(ERROR, node.place, BODY, "clients read `code` and `errors` of the problem")
            if status.isdecimal() and len(status) == 3 and status not in IMPLIED:
                found.append(self._code(status, node, response, feature))
            elif status not in IMPLIED:
                self.losses.count(ERROR, place_of(responses, status), f"the response {status!r} is what the platform answers by itself",
                                  "name codes of your own in x-errors")  # fmt: skip
        return list(dict.fromkeys(found))

    def _code(self, status: str, node: Node, response: Node | None, feature: str) -> str:
        ending = ENDINGS.get(status, f"refused_{status}")
        named = words((reference(node) or "").rpartition("/")[2])
        own = _named_in(self.library, response)
        is_own = bool(own) and own not in self.taken
        stem = (
            own
            if is_own
            else named
            if named and named not in GENERIC and not named.isdecimal()
            else f"{singular(feature)}_{ending}"
        )
        code = identifier(stem)
        known = self.draft.errors.get(code)
        if code in self.taken or (known is not None and known.status != int(status)):
            code = identifier(f"{singular(feature)}_{ending}")
        title = (
            text(response, "description").strip().split("\n")[0][:200] or f"{ending.replace('_', ' ').capitalize()}."
        )
        entry = ErrorEntry(
            int(status), KINDS.get(status, "INVALID_DATA" if status[0] == "4" else "ERROR"), status in RETRYABLE, title
        )
        self.draft.errors.setdefault(code, entry)
        return code


def _named_in(library: Library, response: Node | None) -> str:
    """The code that a document says an error body has: a constant, or the one member of an enum, of its property `code`."""
    media = mapping(response, "content", "application/json") or mapping(response, "content", "application/problem+json")
    schema = library.resolve(media.get("schema")) if media is not None else None
    code = library.resolve(mapping(schema, "properties", "code"))
    only = items(code, "enum")
    said = text(code, "const") or (text(only[0]) if len(only) == 1 else "")
    return words(said) if said and not said.isdecimal() else ""
