"""`docs/settings.md` from the definitions: `python -m app config --reference` writes it, and a test holds it fresh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app.configuration.production import SWITCHES
from app.settings import GROUPS, OLDER_NAMES, Environment, Group, Unset
from generated.product import NAME

HEAD = f"""# Settings

What a node is told, each by a variable of its name. This page is written by `python -m app config --reference` from `app/settings.py`;
`python -m app config` prints what is in force here, where each value came from, and no secret.

- The nearest wins: a variable, `.env.<environment>` in the working directory, `.env` there, the environment's default, the default.
- `NAME_FILE` is a file with the value of `NAME`, as secrets are mounted; to say both at one place is a fault.
- `ENVIRONMENT` is `production` unless somebody says `test` or `development`.
- Whatever is wrong is said at once, a line for each, and the exit code is 78. A name that is nearly a setting's is told too.
- Nothing starts with a secret on its command line.
- Production refuses {{refused}}.
- Variables of Python and frameworks that production refuses: {", ".join(f"`{name}`" for name in SWITCHES)}, `*` in `FORWARDED_ALLOW_IPS`, and a default password in `PGPASSWORD`.
- Beside `DATABASE_URL`, libpq's variables such as `PGSSLROOTCERT` hold where the URL says nothing else.
"""
REFUSED = (
    "`*` and `null` in `ORIGINS`", "`*` in `TRUSTED_HOSTS`", "an `http` issuer", "an empty `TOKEN_AUDIENCE`",
    "default passwords and placeholders", "debug", "public documents", "that nobody ends TLS", "a proxy count of `*`",
    "several workers without a broker that joins them (`REDIS_URL` is Redis or nothing starts)",
    "pools that PostgreSQL has no connections for", "limits that are off or larger",
)  # fmt: skip


def reference() -> str:
    """The whole page."""
    parts = [HEAD.format(refused=", ".join(REFUSED))]
    for group in GROUPS:
        parts.append(f"\n## {group.about}\n\n| variable | value | default | what it is for |\n|---|---|---|---|\n")
        parts += _rows(group)
    return "".join(parts)


def _rows(group: type[Group]) -> Iterator[str]:
    for name, field in group.model_fields.items():
        about = " ".join((field.description or "").split())
        spelt = " or ".join(f"`{one}`" for one in (name.upper(), *_older(name.upper())))
        yield f"| {spelt} | {field.title} | {_default(field)} | {about} |\n"


def _older(name: str) -> Iterator[str]:
    return (old for old, new in OLDER_NAMES.items() if new == name)


def _default(field: FieldInfo) -> str:
    unset = next((one for one in field.metadata if isinstance(one, Unset)), None)
    if unset is None:
        return "must be set" if field.default is PydanticUndefined else _code(_spelt(field.default))
    texts = {one: unset.of(one) for one in Environment}
    return "; ".join(
        f"{'must be set' if text is None else _code(text)} in {environment}" for environment, text in texts.items()
    )


def _spelt(value: Any) -> str:
    """A project's own name is not said: the page is the same in all."""
    if value in (NAME, (NAME,)):
        return "the product's name"
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _code(text: str) -> str:
    return text if " " in text else f"`{text}`" if text else "none"
