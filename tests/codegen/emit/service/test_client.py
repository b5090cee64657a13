"""The Python client has one name for tests, and that is the product's package."""

from __future__ import annotations

import importlib
from dataclasses import replace

import pytest

from codegen.emit.python_client import files as python_client
from codegen.emit.service import client
from generated.product import NAME
from tests.codegen.contracts import shipped


@pytest.mark.parametrize("product", ["stele", "order_desk"])
def test_it_names_the_package_that_is_written_beside_it(product: str) -> None:
    contract = replace(shipped(), info=replace(shipped().info, product=product))
    (file,) = client.emit(contract)
    homes = {line.split()[1] for line in file.data.decode().splitlines() if line.startswith("from generated.")}
    written = {f"generated.{one.path.removesuffix('.py').replace('/', '.')}" for one in python_client.emit(contract)}
    assert all(f"{home}.__init__" in written or home in written for home in homes)


@pytest.mark.parametrize("name", client.EXPORTS)
def test_each_name_is_the_package_s_own(name: str) -> None:
    alias = importlib.import_module("generated.client")
    own = importlib.import_module(f"generated.sdk_python.{NAME}_client{client.EXPORTS[name]}")
    assert getattr(alias, name) is getattr(own, name)
