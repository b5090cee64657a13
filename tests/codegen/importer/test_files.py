"""Files of foreign documents arrive as bytes: contents, and parts of forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codegen.importer.target import write
from codegen.pipeline import load
from tests.codegen.importer.documents import answers, imported, openapi, said

FILE = {"type": "string", "format": "binary"}
DONE = answers({"type": "object", "properties": {"id": {"type": "string"}}})


def arrived(folder: Path, operations: dict[str, Any], schemas: dict[str, Any] | None = None) -> tuple[Any, list[str]]:
    """The contract that the compiler makes of what was imported, and what was lost of bytes."""
    paths = {f"/{name}": {"post": {"operationId": name, "security": [], **one}} for name, one in operations.items()}
    found = imported(folder, openapi(paths, schemas))
    write(folder / "specs", found.files)
    loaded = load(folder / "specs")
    assert not [one for one in loaded.findings if one.rule != "S040"], loaded.report()
    return {one.name: one for one in loaded.contract.operations}, said(found.losses)


def test_a_body_and_an_answer_of_bytes_keep_their_media_types(tmp_path: Path) -> None:
    body = {"content": {"image/png": {"schema": {**FILE, "maxLength": 5}}, "image/gif": {"schema": FILE}}}
    operations, losses = arrived(
        tmp_path,
        {
            "draw": {"requestBody": body, "responses": {"200": {"content": {"application/pdf": {}}}}},
            "report": {"responses": {"200": {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
        },
    )
    assert operations["draw"].http.file == "content"
    (content,) = operations["draw"].request.fields
    assert (content.type.max_bytes, content.type.media_types) == (5, ("image/png", "image/gif"))
    assert operations["draw"].result.file.media_types == ("application/pdf",)
    assert operations["report"].result.file.max_bytes == 10_485_760
    assert sum("has no maximum" in one for one in losses) == 2
    assert not any(one.startswith("I016") for one in losses)


def test_the_files_of_a_form_are_its_parts(tmp_path: Path) -> None:
    """In a record of its own: the same schema may be JSON elsewhere, where bytes are base64."""
    form = {
        "type": "object",
        "required": ["title", "mainFile", "some"],
        "properties": {
            "title": {"type": "string"},
            "mainFile": {**FILE, "maxLength": 100},
            "others": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/File"}},
            "some": {"type": "array", "minItems": 1, "maxItems": 2, "items": FILE},
            "tagged": {"type": "object", "properties": {"at": {"type": "integer"}}},
            "few": {"type": "string", "format": "byte"},
        },
    }
    media = {
        "schema": {"$ref": "#/components/schemas/Form"},
        "encoding": {"mainFile": {"contentType": "image/png, Image/GIF"}, "title": {"contentType": "text/plain"}},
    }
    operations, losses = arrived(
        tmp_path,
        {
            "send": {"requestBody": {"required": True, "content": {"multipart/form-data": media}}, "responses": DONE},
            "keep": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": media["schema"]}}},
                "responses": DONE,
            },
        },
        {"Form": form, "File": FILE},
    )
    http, types = operations["send"].http, {one.name: one for one in operations["send"].request.fields}
    assert http.form
    main = next(one for name, one in types.items() if name in ("main_file", "mainFile"))
    assert (main.required, main.type.max_bytes, main.type.media_types) == (True, 100, ("image/png", "image/gif"))
    assert (types["others"].type.max_items, types["some"].type.max_items, types["some"].type.min_items) == (10, 2, 1)
    assert types["title"].required
    assert not operations["keep"].has_bytes
    assert any("any number of files; 10 at most" in one for one in losses)
    assert types["others"].type.min_items == 0
    assert any("others may be empty, since it may be absent" in one for one in losses)


def test_a_form_without_files_is_a_form(tmp_path: Path) -> None:
    form = {"type": "object", "properties": {"title": {"type": "string"}}}
    body = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    operations, losses = arrived(tmp_path, {"send": {"requestBody": body, "responses": DONE}})
    assert operations["send"].http.form
    assert not any(one.startswith("I016") for one in losses)
