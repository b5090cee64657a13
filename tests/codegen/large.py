"""A contract of 150 operations, written into a folder: fifteen features of ten, which differ in their records and shapes.

Nothing in it is by chance, so that two of them are equal. Proto and numbers are what `codegen fix` writes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from codegen.fix import fix
from tests.codegen.contracts import CASES
from tests.codegen.large_feature import SHARED, Feature, Node
from tests.codegen.large_shapes import SHAPES

NOUNS = ("account", "booking", "campaign", "device", "employee", "facility_plan", "grant", "hotel", "invoice", "journey",
         "kitchen", "loan", "machine", "notice", "parcel")  # fmt: skip
PER_FEATURE = 10
LICENSE = {"name": "MIT"}


class _Plain(yaml.SafeDumper):
    """The compiler reads no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(folder: Path) -> Path:
    """The contract's `specs/`, below the folder."""
    specs = folder / "specs"
    shutil.copytree(CASES / "base" / "specs", specs)
    features = [_feature(noun, index) for index, noun in enumerate(NOUNS)]
    for feature in features:
        _dump(specs / "schemas" / f"{feature.name}.yaml", feature.schemas)
        _dump(specs / "packages" / f"{feature.name}.yaml", {"operations": feature.operations, "messages": feature.messages})  # fmt: skip
        _dump(specs / "http" / f"{feature.name}.yaml", {_key(path): item for path, item in feature.paths.items()})
    _dump(specs / "schemas" / "shared.yaml", SHARED)
    _dump(specs / "openapi.yaml", _openapi(features))
    _dump(specs / "asyncapi.yaml", _asyncapi(features))
    _vocabulary(specs, features)
    (specs / "contract.lock").write_text("pkg_ids: {}\nfields: {}\n")
    fix.write(specs, fix.fix(specs))
    return specs


def _feature(noun: str, index: int) -> Feature:
    """Ten shapes in a row, from another one on than those of the feature before."""
    feature = Feature(noun, index)
    for step in range(PER_FEATURE):
        feature.add(SHAPES[(index * 5 + step) % len(SHAPES)](feature), index * PER_FEATURE + step + 1)
    feature.events()
    return feature


def _openapi(features: list[Feature]) -> Node:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Large", "version": "1.0.0", "license": {**LICENSE, "identifier": "MIT"}},
        "servers": [{"url": "/", "description": "This node."}],
        "tags": [{"name": one.name, "description": f"About {one.name}."} for one in features],
        "paths": {path: {"$ref": f"http/{one.name}.yaml#/{_key(path)}"} for one in features for path in one.paths},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
    }


def _asyncapi(features: list[Feature]) -> Node:
    """The root of a case, with other operations and messages."""
    root: Node = yaml.safe_load((CASES / "p17_union" / "specs" / "asyncapi.yaml").read_text())
    web = root["channels"]["web"]
    tables = {"operations": "operations", "messages": "messages"}
    listed = {
        table: {name: {"$ref": f"packages/{one.name}.yaml#/{table}/{name}"} for one in features for name in getattr(one, table)}
        for table in tables
    }  # fmt: skip
    root["info"] = {"title": "Large", "version": "1.0.0", "license": LICENSE}
    web["messages"] = {"problem": web["messages"]["problem"], **listed["messages"]}
    root["operations"] = listed["operations"]
    return root


def _vocabulary(specs: Path, features: list[Feature]) -> None:
    policy: Node = yaml.safe_load((specs / "policy.yaml").read_text())
    roles = [f"{verb}-{one.slug}" for one in features for verb in ("read", "write")]
    policy["roles"] = {
        name: {"type": "http", "scheme": "bearer", "description": name} for name in (*roles, "administer")
    }
    policy["buckets"] |= {
        f"{one.slug}-list": {"limit": 100 + one.index, "window": "60s", "key": "user", "when_down": "open"} for one in features
    }  # fmt: skip
    kept = {"history": 100, "keep": "1h", "delivery": "must-deliver"}
    latest = {"history": 10, "keep": "10m", "delivery": "latest"}
    policy["topics"] = {topic: rule for one in features for topic, rule in ((one.slug, kept), (one.topic, latest))}
    _dump(specs / "policy.yaml", policy)
    errors: Node = yaml.safe_load((specs / "errors.yaml").read_text())
    errors["errors"] |= {"version_mismatch": _error(412, "CONFLICT")}
    for one in features:
        errors["errors"] |= {
            f"{one.noun}_not_found": _error(404, "NOT_FOUND"), f"{one.noun}_taken": _error(409, "CONFLICT"),
            f"{one.noun}_locked": _error(423, "CONFLICT"),
        }  # fmt: skip
    _dump(specs / "errors.yaml", errors)


def _error(status: int, rsp: str) -> Node:
    return {"status": status, "rsp": rsp, "retryable": status == 423, "title": f"Answers {status}."}


def _key(path: str) -> str:
    """The name of a path's item in its file."""
    return path.removeprefix("/api/").replace("/", "_").replace("{", "").replace("}", "")


def _dump(path: Path, data: Node) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.dump(data, Dumper=_Plain, sort_keys=False, width=120, allow_unicode=True), encoding="utf-8")
