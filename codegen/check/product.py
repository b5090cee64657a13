"""The product's name: none that its places have already, and the proto packages begin with it where the contract says it."""

from __future__ import annotations

import keyword

from codegen.diagnostics import Findings
from codegen.parse.openapi import PRODUCT, OpenApiDialect
from codegen.parse.proto import ProtoDialect

PROTO = (
    "bool bytes double enum extend extensions fixed32 fixed64 float int32 int64 map max message oneof option optional package "
    "public repeated required reserved returns rpc service sfixed32 sfixed64 sint32 sint64 stream string syntax to uint32 uint64 weak"
)
"""Words of the proto language, which a package cannot be called."""
TYPESCRIPT = (
    "abstract any as async await boolean break case catch class const continue debugger declare default delete do else enum "
    "export extends false finally for function get if implements import in instanceof interface let module namespace new null "
    "number of package private protected public return set static super switch symbol this throw true try type typeof undefined "
    "unknown var void while with yield"
)
"""Words of TypeScript, of which the client's names are made."""
TAKEN = {
    "google": "protobuf has a package",
    "master": "Keycloak has a realm",
    "account": "Keycloak has a client, an audience of every token,",
    "broker": "Keycloak has a client",
    "process": "Prometheus has metrics",
    "python": "Prometheus has metrics",
    "postgres": "PostgreSQL has a role and a database",
}
"""Names that would mean somebody else's realm, client, package or metrics."""


def check_product(http: OpenApiDialect, proto: ProtoDialect, findings: Findings) -> None:
    """The rules V016 and P007. Where the title gives the name, proto's packages are free: such a contract may be older
    than the name."""
    name, place = http.info.product, http.name_place
    if place is None:
        return
    if why := _taken(name):
        findings.add("V016", place, f"x-name is {name!r}, and {why} of that name", fix=f"say {name + '_service'!r}")
        return
    for file in sorted(proto.sources.values(), key=lambda one: one.name):
        if file.package.partition(".")[0] not in (name, "google"):
            said = f"the package is {file.package!r}" if file.package else "there is no package"
            _, _, rest = file.package.partition(".")
            fix = f"write `package {name}.{rest or 'v1'};`, or `python -m codegen rename {name}` for all places"
            findings.add("P007", file.place, said, other=(place, f"says {PRODUCT}: {name}"), fix=fix)


def _taken(name: str) -> str:
    """Who has the name, or nothing."""
    words = {"Python": keyword.kwlist, "proto": PROTO.split(), "TypeScript": TYPESCRIPT.split()}
    language = next((one for one, known in words.items() if name in known), "")
    return TAKEN.get(name, f"{language} has a word" if language else "")
