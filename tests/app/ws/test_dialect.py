"""Both formats bind every package of the contract to the same method."""

from __future__ import annotations

from app.ws.dialect import Format, make_dialects
from generated.wire import EVENT_CODECS
from generated.ws_packages import PACKAGES
from tests.app.ws.fakes import FakeHandlers


def test_json_is_preferred_and_the_subprotocols_are_those_of_the_contract() -> None:
    assert [one.subprotocol for one in Format] == ["stele.v1.json", "stele.v1.protobuf"]
    assert [one.bundled for one in Format] == ["stele.v1.json.batch", "stele.v1.protobuf.batch"]


def test_each_package_has_one_method_on_both_formats() -> None:
    dialects = make_dialects(PACKAGES, FakeHandlers(), EVENT_CODECS)
    json, protobuf = dialects[Format.JSON], dialects[Format.PROTOBUF]
    assert set(json.packages) == set(protobuf.packages) == set(PACKAGES)
    for pkg_id, bound in json.packages.items():
        assert bound.method == protobuf.packages[pkg_id].method
        assert bound.operation is PACKAGES[pkg_id].operation
    assert json.packages[4].decode(b'{"artist_id":3}').artist_id == 3
    assert protobuf.packages[4].decode(b"\x08\x03").artist_id == 3
