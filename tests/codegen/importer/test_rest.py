"""What of a document belongs to no operation is named."""

from __future__ import annotations

from pathlib import Path

from tests.codegen.importer.documents import answers, imported, openapi, said


def test_webhooks_servers_extensions_and_unused_schemas_are_named(tmp_path: Path) -> None:
    record = {"type": "object", "properties": {}}
    document = openapi(
        {"/things": {"get": {"responses": answers({"$ref": "#/components/schemas/Used"})}}},
        {"Used": record, "Unused": record},
        webhooks={"told": {}},
        servers=[{"url": "https://things.example/v1"}, {"url": "/"}],
        tags=[{"name": "things", "externalDocs": {}}],
        **{"x-logo": {}},
    )
    text = "\n".join(said(imported(tmp_path, document).losses))
    for part in (
        "the webhook 'told'",
        "without '/v1' of its server",
        "'x-logo' of the document",
        "externalDocs has no address",
        "the schema 'Unused' is left out",
    ):
        assert part in text
    assert "'Used'" not in text
