"""The documents of the contract as the compiler has written them, and a page that lists the operations. Bytes, ready to be sent."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

SPECS = Path(__file__).parents[2] / "generated" / "specs"
NAMES = ("openapi.json", "asyncapi.json")
"""A contract without a socket has only the first."""
SOCKET = ' · <a href="/asyncapi.json">asyncapi.json</a> · WebSocket at <code>/web</code>'
JSON, HTML = "application/json", "text/html; charset=utf-8"


def documents() -> dict[str, tuple[str, bytes]]:
    """Media type and bytes by path."""
    served = {f"/{name}": (JSON, (SPECS / name).read_bytes()) for name in NAMES if (SPECS / name).is_file()}
    return served | {"/docs": (HTML, _page().encode())}


def _page() -> str:
    """One self-contained page: no script, nothing loaded from outside."""
    document = json.loads((SPECS / "openapi.json").read_bytes())
    rows = "".join(
        f"<tr><td><code>{escape(verb.upper())}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation['operationId'])}</td><td>{escape(operation.get('summary', ''))}</td></tr>"
        for path, item in document["paths"].items()
        for verb, operation in item.items()
    )
    title = escape(document["info"]["title"])
    socket = SOCKET if (SPECS / "asyncapi.json").is_file() else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:70rem}td{padding:.2rem 1rem .2rem 0}</style></head>"
        f'<body><h1>{title}</h1><p><a href="/openapi.json">openapi.json</a>{socket}</p>'
        f"<table>{rows}</table></body></html>"
    )
