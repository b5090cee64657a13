"""The files of a resource as templates in `text/`, which read as what they become; layout is left to ruff."""

from __future__ import annotations

from pathlib import Path

from mako.template import Template

from codegen.resource.resource import Resource

FOLDER = Path(__file__).parent / "text"


def rendered(name: str, resource: Resource) -> str:
    """The template `name` for a resource, which it calls `r`; a name that a template does not know is a NameError.
    Names in the text are the contract's, checked before: nothing is escaped."""
    text = Template(filename=str(FOLDER / f"{name}.mako"), strict_undefined=True).render(r=resource)
    return str(text)
