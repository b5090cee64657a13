"""One abstract method per operation; without it nothing starts."""

from __future__ import annotations

from inspect import signature

import pytest

from generated import handlers
from generated.handlers import AuthorsHandler
from tests.codegen.contracts import shipped


def test_every_operation_is_an_abstract_method_of_its_feature() -> None:
    for one in shipped().operations:
        kind = getattr(handlers, "".join(part.capitalize() for part in one.feature.split("_")) + "Handler")
        assert one.name in kind.__abstractmethods__
        assert list(signature(getattr(kind, one.name)).parameters) == ["self", "context", "request"]


def test_a_handler_without_a_method_cannot_be_made() -> None:
    class Half(AuthorsHandler[None]):
        pass

    with pytest.raises(TypeError, match="create_author"):
        Half()  # type: ignore[abstract]  # that is the point
