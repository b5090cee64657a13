"""The contract is legal for tools of other hands, as written in specs/ and as expanded in generated/specs/.

Each validator also meets a copy with one fault and must refuse it, so that its silence means something.
Two documents are judged because each hides errors of the other.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.node import MODULES, NPM, ROOT, Verdict, install, judge

SPECS = ROOT / "specs"
EXPANDED = ROOT / "generated" / "specs"
PROBES = ("#/paths/~1health/", "#/paths/~1livez/", "#/paths/~1readyz/")


@pytest.fixture(scope="session")
def node() -> Path:
    return install()


def validate_openapi(document: Path) -> Verdict:
    return judge(sys.executable, "-m", "openapi_spec_validator", document)


def lint_openapi(node: Path, document: Path, *flags: str) -> Verdict:
    """Accepted is: no finding at all, but for probes, which no caller can get wrong."""
    cli = MODULES / "@redocly" / "cli" / "bin" / "cli.js"
    verdict = judge(node, cli, "lint", "--format=json", "--config", NPM / "redocly.yaml", document, *flags)
    report, _ = json.JSONDecoder().raw_decode(verdict.text[verdict.text.find("{") :])
    problems = [
        f"{problem['ruleId']} {place['pointer']}: {problem['message']}"
        for problem in report["problems"]
        for place in problem["location"]
        if not (problem["ruleId"] == "operation-4xx-response" and place["pointer"].startswith(PROBES))
    ]
    return Verdict(verdict.accepted and not problems, "\n".join(problems))


def validate_asyncapi(node: Path, document: Path) -> Verdict:
    return judge(node, NPM / "asyncapi_validate.mjs", document)


def lint_proto(node: Path, folder: Path) -> Verdict:
    return judge(node, MODULES / "@bufbuild" / "buf" / "bin" / "buf", "lint", folder)


def compile_proto(folder: Path) -> Verdict:
    files = sorted(folder.glob("*.proto"))
    output = f"--descriptor_set_out={os.devnull}"
    return judge(sys.executable, "-m", "grpc_tools.protoc", "-I", folder, output, *files)


def expanded(name: str) -> Path:
    """A missing document is a failure, not a reason to skip."""
    document = EXPANDED / name
    assert document.is_file(), f"generated/specs/{name} is missing: run `make generate`"
    return document


def seed(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of specs/ with one fault in one file."""
    copy = folder / "specs"
    shutil.copytree(SPECS, copy)
    text = (copy / file).read_text()
    assert old in text, f"{old!r} does not stand in {file}"
    (copy / file).write_text(text.replace(old, new, 1))
    return copy


def assert_accepted(verdict: Verdict) -> None:
    assert verdict.accepted, verdict.text


def assert_refused(verdict: Verdict, reason: str) -> None:
    """Refused for the seeded fault and not for another reason."""
    assert not verdict.accepted
    assert reason in verdict.text, verdict.text


def test_openapi_spec_validator_accepts_the_source() -> None:
    assert_accepted(validate_openapi(SPECS / "openapi.yaml"))


def test_openapi_spec_validator_accepts_the_expanded_document() -> None:
    assert_accepted(validate_openapi(expanded("openapi.json")))


def test_openapi_spec_validator_refuses_a_default_of_another_type(tmp_path: Path) -> None:
    specs = seed(tmp_path, "schemas/audit_log.yaml", "maximum: 100, default: 20", "maximum: 100, default: twenty")
    assert_refused(validate_openapi(specs / "openapi.yaml"), "twenty")


def test_redocly_finds_nothing_in_the_source(node: Path) -> None:
    """Error responses are implied there, so that one rule is off."""
    assert_accepted(lint_openapi(node, SPECS / "openapi.yaml", "--skip-rule=operation-4xx-response"))


def test_redocly_finds_nothing_in_the_expanded_document(node: Path) -> None:
    """With every rule on: each operation but a probe has a 4XX response."""
    assert_accepted(lint_openapi(node, expanded("openapi.json")))


def test_redocly_refuses_an_unknown_security_scheme(node: Path, tmp_path: Path) -> None:
    """By the rules that the source keeps, as above."""
    specs = seed(tmp_path, "http/audit_log.yaml", "[{bearer: [admin]}", "[{bearrer: [admin]}")
    assert_refused(lint_openapi(node, specs / "openapi.yaml", "--skip-rule=operation-4xx-response"), "bearrer")


def test_redocly_with_every_rule_finds_an_operation_without_errors(node: Path) -> None:
    """What the rule for the expanded document is there for: the source, judged by it, is refused."""
    assert_refused(lint_openapi(node, SPECS / "openapi.yaml"), "operation-4xx-response")


def test_asyncapi_parser_accepts_the_source(node: Path) -> None:
    assert_accepted(validate_asyncapi(node, SPECS / "asyncapi.yaml"))


def test_asyncapi_parser_accepts_the_expanded_document(node: Path) -> None:
    assert_accepted(validate_asyncapi(node, expanded("asyncapi.json")))


def test_asyncapi_parser_refuses_a_misspelt_role(node: Path, tmp_path: Path) -> None:
    """A role is a security scheme that operations refer to, so any tool finds the broken reference."""
    specs = seed(tmp_path, "packages/audit_log.yaml", "#/roles/view-audit-logs'", "#/roles/view-audit-log'")
    assert_refused(validate_asyncapi(node, specs / "asyncapi.yaml"), "view-audit-log")


def test_asyncapi_parser_refuses_an_unknown_action_in_the_expanded_document(node: Path, tmp_path: Path) -> None:
    """The parser overlooks this fault behind a reference; in one file it finds it."""
    document = json.loads(expanded("asyncapi.json").read_text())
    document["operations"]["get_audit_log"]["action"] = "shout"
    (tmp_path / "asyncapi.json").write_text(json.dumps(document))
    assert_refused(validate_asyncapi(node, tmp_path / "asyncapi.json"), "action")


def test_asyncapi_validate_fails_if_one_of_several_files_is_refused(node: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("asyncapi: 3.0.0\n")
    verdict = judge(node, NPM / "asyncapi_validate.mjs", tmp_path / "bad.yaml", SPECS / "asyncapi.yaml")
    assert_refused(verdict, "info")


def test_buf_accepts_the_proto_files(node: Path) -> None:
    assert_accepted(lint_proto(node, SPECS / "proto"))


def test_buf_refuses_an_enum_member_without_the_prefix(node: Path, tmp_path: Path) -> None:
    specs = seed(tmp_path, "proto/audit_log.proto", "AUDIT_DOOR_HTTP", "HTTP")
    assert_refused(lint_proto(node, specs / "proto"), "AUDIT_DOOR_")


def test_protoc_accepts_the_proto_files() -> None:
    assert_accepted(compile_proto(SPECS / "proto"))


def test_protoc_refuses_a_field_number_that_is_used_twice(tmp_path: Path) -> None:
    specs = seed(tmp_path, "proto/auth.proto", "string ticket = 1", "string ticket = 2")
    assert_refused(compile_proto(specs / "proto"), "already been used")


def test_npm_lock_names_no_registry() -> None:
    """A lock file with addresses would tie every user to the registry of whoever wrote it."""
    lock = json.loads((NPM / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
