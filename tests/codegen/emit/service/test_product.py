"""The service reads the product's name from one generated module."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from codegen.emit.service import product
from generated.product import NAME, TITLE
from tests.codegen.contracts import shipped


def test_the_shipped_name_is_the_contract_s() -> None:
    info = shipped().info
    assert (info.product, info.title) == (NAME, TITLE)


@pytest.mark.parametrize("title", ["Order Desk", 'Shop "of" Things', "Ünïcode\\"])
def test_any_title_stays_a_text(title: str) -> None:
    info = replace(shipped().info, title=title, product="order_desk")
    (file,) = product.emit(replace(shipped(), info=info))
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(file.data).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert values == {"NAME": "order_desk", "TITLE": title}
