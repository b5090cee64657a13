"""specs → dialects → join → checks → one frozen contract, and the files that the emitters make of it.

Straight-line: no emitter sees YAML, no parser knows a target, nothing reads `generated/`, no clock, no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codegen.check.agreement import check_agreement
from codegen.check.clashes import check_clashes
from codegen.check.conditions import check_conditions
from codegen.check.consequences import drop_consequences, withhold_copies
from codegen.check.defaults import check_defaults
from codegen.check.envelope import check_envelope
from codegen.check.examples import check_examples
from codegen.check.files import check_bytes
from codegen.check.filters import check_filters
from codegen.check.finite import check_finite
from codegen.check.lengths import check_lengths
from codegen.check.links import check_links
from codegen.check.listing import check_files, check_listing
from codegen.check.numbers import check_numbers
from codegen.check.policy import check_policy
from codegen.check.product import check_product
from codegen.check.sdk import check_sdk
from codegen.check.streams import check_streams
from codegen.check.topics import check_topics
from codegen.check.words import check_words
from codegen.diagnostics import Findings
from codegen.emit import manifest
from codegen.emit.outputs import OUTPUTS
from codegen.emit.printer import File, format_python
from codegen.fix.door_edits import offer_door_edits
from codegen.fix.missing_proto import gather_missing_files
from codegen.fix.proto_edits import offer_proto_edits
from codegen.fix.schema_edits import offer_schema_edits
from codegen.ir.operations import Contract
from codegen.parse.asyncapi import parse_asyncapi
from codegen.parse.documents import Documents
from codegen.parse.implied import ENVELOPE, imply
from codegen.parse.join import Dialects, join
from codegen.parse.json_schema import Schemas
from codegen.parse.openapi import parse_openapi
from codegen.parse.policy import parse_policy
from codegen.parse.proto import parse_proto
from codegen.parse.shapes import check_shapes
from codegen.reports import FORMATS
from codegen.rules import RULES


@dataclass(frozen=True, slots=True)
class Loaded:
    """A contract may be used only if there are no findings."""

    contract: Contract
    dialects: Dialects
    findings: Findings

    def report(self, form: str = "text") -> str:
        """A file's name that is no text has escapes, which every terminal and JSON take."""
        text = FORMATS[form](self.findings, self.dialects.documents.sources)
        return text.encode("utf-8", "backslashreplace").decode()


def load(specs: Path, *, wants_proto: bool = False) -> Loaded:
    """Read, join and check the contract under `specs`; never raises for what the files contain.

    A contract without socket and proto is whole; `wants_proto` finds missing what it needs to speak protobuf as well.
    """
    findings = Findings()
    documents = Documents(specs, findings)
    imply(documents)
    schemas = Schemas(documents, findings)
    dialects = Dialects(
        documents=documents,
        schemas=schemas,
        http=parse_openapi(documents, schemas, findings),
        socket=parse_asyncapi(documents, schemas, findings),
        proto=parse_proto(documents, findings),
        words=parse_policy(documents, findings),
    )
    check_shapes(documents, findings)
    contract = join(dialects, findings)
    check_listing(documents, findings)
    check_files(documents, findings)
    check_clashes(contract, findings)
    check_links(contract, dialects.http.operations, findings)
    check_words(documents, dialects.words.extensions, findings)
    check_policy(contract, dialects.words.faulty, findings)
    check_topics(contract, findings)
    check_filters(contract, findings)
    check_conditions(contract, findings)
    check_defaults(contract, findings)
    check_bytes(contract, findings)
    check_finite(contract, findings)
    check_product(dialects.http, dialects.proto, findings)
    check_sdk(contract, findings)
    is_plain = documents.is_implied(ENVELOPE) and not dialects.socket.is_there
    if dialects.proto.files.file and (wants_proto or not is_plain):
        check_envelope(dialects.proto, findings)
        check_agreement(contract, dialects.proto, findings, wants_every_rpc=is_plain)
        check_streams(contract, dialects.proto, findings)
        check_numbers(contract, dialects.proto, dialects.words.lock, findings)
        offer_proto_edits(contract, dialects, findings)
        offer_schema_edits(contract, dialects, findings)
    offer_door_edits(contract, dialects, findings)
    withhold_copies(findings)
    gather_missing_files(dialects.proto, findings)
    drop_consequences(documents, findings)
    if all(RULES[finding.rule].can_wait for finding in findings):  # What is refused is mended first.
        check_examples(contract, findings)
        check_lengths(contract, findings)
    return Loaded(contract, dialects, findings)


def build(contract: Contract) -> list[File]:
    """Every file of `generated/`, sorted by path; the manifest lists them."""
    files = format_python([file for emit in OUTPUTS for file in emit(contract)])
    files += manifest.emit(contract, files)
    return sorted(files, key=lambda file: file.path)
