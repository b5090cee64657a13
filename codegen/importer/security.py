"""Security schemes to bearer tokens and roles: a scope is a role, every other scheme asks for any authenticated caller."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codegen.importer.draft import Draft
from codegen.importer.losses import SECURITY, Losses
from codegen.importer.nodes import items, mapping, place_of, reference, text
from codegen.importer.sources import Library
from codegen.parse.yaml_tree import Mapping, Node, Sequence, text_of

SCOPED = ("oauth2", "openIdConnect")
ROLE = re.compile(r"[a-z][a-z0-9_-]{0,63}\Z")


@dataclass(slots=True)
class Security:
    """Of one document: what its operations ask for where they say nothing."""

    root: Mapping
    library: Library
    draft: Draft
    losses: Losses
    _schemes: Mapping | None = field(init=False)

    def __post_init__(self) -> None:
        self._schemes = mapping(self.root, "components", "securitySchemes")

    def of(self, operation: Mapping) -> list[list[str]]:
        """OR of ANDs of roles; no entry is public, an empty entry any authenticated caller."""
        holder = operation if "security" in operation.entries else self.root
        said = holder.get("security")
        if not isinstance(said, Sequence):
            self.losses.count(
                SECURITY,
                operation.place,
                "operations say nothing of security, and are public",
                "write security on each, with roles of policy.yaml",
            )
            return []
        groups = [self._group(one) for one in said.items if isinstance(one, Mapping)]
        if any(isinstance(one, Mapping) and not one.entries for one in said.items):
            self.losses.add(
                SECURITY,
                place_of(holder, "security"),
                "security may be left out here, and so it is public",
                "leave one of the two",
            )
            return []
        found = [list(one) for one in dict.fromkeys(tuple(group) for group in groups)]
        if any(found) and [] in found:
            self.losses.add(
                SECURITY,
                place_of(holder, "security"),
                "the alternative that asks for no scope is left out: with it any caller would do",
                "add {bearer: []} if any caller may",
            )
        return [one for one in found if one] or found

    def of_socket(self, operation: Mapping) -> list[list[str]]:
        """Of an operation of AsyncAPI, else of the servers; a scheme may be a reference (3.0) or a requirement (2.6)."""
        servers = [self.library.resolve(node) for _, node in mapping(self.root, "servers") or ()]
        holders = [operation, *(one for one in servers if isinstance(one, Mapping))]
        holder = next((one for one in holders if items(one, "security")), None)
        if holder is None:
            self.losses.count(
                SECURITY,
                operation.place,
                "operations say nothing of security, and are public",
                "write security on each, with roles of policy.yaml",
            )
            return []
        groups = [self._alternative(one) for one in items(holder, "security")]
        return [one for one in groups if one] or [[]]

    def _alternative(self, node: Node) -> list[str]:
        target = self.library.resolve(node)
        if isinstance(target, Mapping) and "type" in target.entries:
            name = (reference(node) or "").rpartition("/")[2] or text(target, "type")
            self._say(name, target)
            return self._roles(name, [text_of(one) or "" for one in items(target, "scopes")], node)
        return self._group(target) if isinstance(target, Mapping) else []

    def _roles(self, scheme: str, scopes: list[str], node: Node) -> list[str]:
        """The roles of the scopes, once they are declared."""
        found = []
        for scope in scopes:
            name = re.sub(r"[^a-z0-9_-]+", "-", scope.lower()).strip("-_")
            role = name if ROLE.match(name) else f"role-{name}"[:64].rstrip("-")
            self.draft.roles.setdefault(role, self._described(scheme, scope))
            if role != scope:
                self.losses.count(
                    SECURITY, node.place, f"the scope {scope!r} is the role {role!r}", "give callers that role"
                )
            found.append(role)
        return sorted(set(found))

    def _group(self, requirement: Mapping) -> list[str]:
        found: list[str] = []
        for scheme, scopes in requirement:
            declared = self.library.resolve(self._schemes.get(scheme)) if self._schemes is not None else None
            self._say(scheme, declared or requirement)
            found += self._roles(scheme, [text_of(one) or "" for one in items(scopes) if text_of(one)], requirement)
        return sorted(set(found))

    def _say(self, name: str, scheme: Node) -> None:
        kind, how = text(scheme, "type"), text(scheme, "scheme").lower()
        place = scheme.place
        is_bearer = kind == "apiKey" and (text(scheme, "in"), text(scheme, "name").lower()) == (
            "header",
            "authorization",
        )
        if not kind:
            self.losses.add(
                SECURITY,
                place,
                f"the security scheme {name!r} is not declared; callers bring a bearer token",
                "declare it, or leave it out",
            )
        elif kind not in SCOPED and not is_bearer and (kind, how) != ("http", "bearer"):
            said = f"{kind} {how}".strip()
            self.losses.add(
                SECURITY,
                place,
                f"the security scheme {name!r} ({said}) is no way in here: callers bring a bearer token",
                "let the token issuer know these callers, or a gateway exchange their credentials",
            )
        elif kind in SCOPED:
            self.losses.add(
                SECURITY,
                place,
                f"the scopes of {name!r} are roles here, read from the bearer token",
                "give the roles to users of the realm; make check names those that it lacks",
            )

    def _described(self, scheme: str, scope: str) -> str:
        node = self.library.resolve(self._schemes.get(scheme)) if self._schemes is not None else None
        for _, flow in mapping(node, "flows") or ():
            if said := text(mapping(flow, "scopes") or mapping(flow, "availableScopes"), scope):
                return said.strip()
        return f"{scope}."
