"""Data as YAML in the style of specs/: short mappings and lists on one line, others as blocks, texts plain where they can be."""

from __future__ import annotations

import json
import re
import textwrap

WIDTH = 120
_PLAIN = re.compile(r"(?:[A-Za-z_/$](?:[A-Za-z0-9_ /.$+()<>=;@'-]|:(?=[^ ]))*|\d+\.\d+\.\d+[A-Za-z0-9.-]*)\Z")
_PATH = re.compile(r"[/a-z][A-Za-z0-9_{}/.~:@-]*[A-Za-z0-9_}/]\Z|/\Z")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"}
_RISKY = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\x85\u2028\u2029]")


def document(data: dict[str, object], indent: int = 0) -> str:
    """A mapping, one entry after the other."""
    return "".join(_entry(key, value, indent) for key, value in data.items())


def _entry(key: str, value: object, indent: int) -> str:
    head = f"{' ' * indent}{key if '{' in key and _PATH.match(key) else text(key)}:"
    flowed = flow(value)
    if (
        len(head) + 1 + len(flowed) <= WIDTH
        and not (isinstance(value, str) and _is_long(value))
        and not _opens(key, value)
    ):
        return f"{head} {flowed}\n"
    if isinstance(value, dict):
        return f"{head}\n{document(value, indent + 2)}"
    if isinstance(value, list):
        return f"{head}\n{''.join(_item(one, indent + 2) for one in value)}"
    return f"{head} {_block(str(value), indent + 2)}\n" if isinstance(value, str) else f"{head} {flowed}\n"


def _item(value: object, indent: int) -> str:
    flowed = flow(value)
    if not isinstance(value, dict) or len(flowed) + indent + 2 <= WIDTH:
        return f"{' ' * indent}- {flowed}\n"
    lines = document(value, indent + 2)
    return f"{' ' * indent}- {lines[indent + 2 :]}"


def _opens(key: str, value: object) -> bool:
    """Records, their properties, answers and operations are blocks, however short: people add to them."""
    if not isinstance(value, dict) or not value:
        return False
    is_open = key == "properties" or bool({"properties", "responses", "allOf", "content"} & value.keys())
    return is_open or any(_opens(name, one) for name, one in value.items())


def flow(value: object) -> str:
    """On one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return text(value)
    return json.dumps(value)


def text(value: str) -> str:
    """Plain where YAML reads it as this text, else in quotes."""
    is_plain = (
        _PLAIN.match(value) and not value.endswith(" ") and value.lower() not in _WORDS and not value.startswith("- ")
    )
    if is_plain and " #" not in value and ": " not in value:
        return value
    if _RISKY.search(value) or "\n" in value or len(value) > 1000:
        return _escaped(value)
    return "'" + value.replace("'", "''") + "'"


def _escaped(value: str) -> str:
    escaped = json.dumps(value, ensure_ascii=False)
    return _RISKY.sub(lambda found: f"\\U{ord(found[0]):08X}", escaped)


def _is_long(value: str) -> bool:
    return "\n" in value or (len(value) > 90 and " " in value)


def _block(value: str, indent: int) -> str:
    """Paragraphs are folded or kept as they are; what a block would not give back is in quotes."""
    lines = value.split("\n")
    is_kept = (
        not _RISKY.search(value.replace("\n", "")) and value[:1] not in (" ", "\t", "\n") and not value.endswith("\n")
    )
    if not is_kept or any(line != line.rstrip() or line.startswith("\t") for line in lines):
        return _escaped(value)
    pad = " " * indent
    if len(lines) == 1 and " ".join(value.split()) == value:
        folded = textwrap.wrap(value, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        return ">-\n" + "\n".join(pad + line for line in folded)
    return "|-\n" + "\n".join(pad + line if line else "" for line in lines)
