"""proto is what protoc says it is, with places; its errors are findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Findings, Place
from codegen.parse.documents import Documents
from codegen.parse.proto import ProtoDialect, parse_proto
from codegen.pipeline import load
from tests.codegen.contracts import compose, edited, rules

HEAD = 'syntax = "proto3";\npackage p.v1;\n'


def parse(folder: Path, text: str, head: str = HEAD) -> tuple[ProtoDialect, list[tuple[str, Place]]]:
    (folder / "specs" / "proto").mkdir(parents=True)
    (folder / "specs" / "proto" / "a.proto").write_text(head + text)
    findings = Findings()
    dialect = parse_proto(Documents(folder / "specs", findings), findings)
    return dialect, [(one.rule, one.place) for one in findings]


def test_fields_know_their_kind_presence_number_and_place(tmp_path: Path) -> None:
    dialect, findings = parse(
        tmp_path,
        "message M {\n  optional string a = 1;\n  repeated int64 b = 2;\n  map<string, N> c = 5;\n  reserved 3;\n"
        "  oneof d { N e = 6; }\n}\nmessage N {}\n",
    )
    assert findings == []
    a, b, c, e = dialect.messages["M"].fields
    assert (a.kind, a.optional, a.number, a.place) == ("string", True, 1, Place("specs/proto/a.proto", 4, 3))
    assert (b.kind, b.repeated) == ("int64", True)
    assert (c.kind, c.map_value and c.map_value.type_name) == ("map", "N")
    assert (e.oneof, e.type_name) == ("d", "N")
    assert dialect.messages["M"].reserved == {3}
    assert dialect.messages["M"].end == Place("specs/proto/a.proto", 9, 1)


def test_what_protoc_refuses_is_a_finding_at_its_place(tmp_path: Path) -> None:
    _, findings = parse(tmp_path, "message M {\n  strin a = 1;\n}\n")
    assert findings == [("P001", Place("specs/proto/a.proto", 4, 3))]


def test_proto2_and_streams_of_requests_are_refused(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    _, old = parse(tmp_path / "two", "message M { optional string a = 1; }\n", 'syntax = "proto2";\npackage p.v1;\n')
    _, streams = parse(tmp_path, "message M {}\nservice S { rpc X(stream M) returns (M); }\n")
    assert ([rule for rule, _ in old], [rule for rule, _ in streams]) == (["P002"], ["P003"])


def test_an_rpc_says_whether_it_returns_a_stream(tmp_path: Path) -> None:
    text = "message M {}\nservice S { rpc Many(M) returns (stream M); rpc One(M) returns (M); }\n"
    dialect, findings = parse(tmp_path, text)
    assert (findings, dialect.rpcs["Many"].streams, dialect.rpcs["One"].streams) == ([], True, False)


def test_a_file_says_where_an_import_and_an_rpc_may_go(tmp_path: Path) -> None:
    dialect, _ = parse(
        tmp_path, 'import "google/protobuf/empty.proto";\nmessage M {}\nservice S {\n  rpc X(M) returns (M);\n}\n'
    )
    file = dialect.sources["specs/proto/a.proto"]
    assert (file.import_line, file.service_end) == (4, Place("specs/proto/a.proto", 7, 1))


@pytest.mark.parametrize("name", ["2fa", "my more", "my.more", "größe", "-I", "all-things", "more/things"])
def test_a_file_that_is_no_module_is_refused(tmp_path: Path, name: str) -> None:
    specs = compose("p51_everything", tmp_path)
    (specs / "proto" / "more").mkdir()
    for file in (name, "all_things"):
        (specs / "proto" / f"{file}.proto").write_text('syntax = "proto3";\npackage stele.v1;\n')
    assert rules(load(specs)) == {"P005"}


@pytest.mark.parametrize("package", ["google.protobuf", "google.type", "google"])
def test_a_package_of_google_is_refused(tmp_path: Path, package: str) -> None:
    own = f'syntax = "proto3";\npackage {package};\n'
    assert rules(edited(tmp_path, ("proto/own.proto", "", own), case="p51_everything")) == {"P006"}


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    specs = compose("p51_everything", tmp_path)
    (specs / "proto" / "more.proto").write_bytes(b'// \xff\nsyntax = "proto3";\n')
    assert {one.rule for one in load(specs).findings} == {"Y002"}
