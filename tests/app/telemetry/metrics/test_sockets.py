"""Sockets are counted up and down, by how they end, and with what they carry."""

from __future__ import annotations

from app.telemetry.metrics.metrics import Metrics
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import KNOWN, samples


def test_sockets_are_counted_up_and_down_and_by_close_code() -> None:
    found = Metrics(KNOWN)
    for code in (4401, 1000, 3999):
        found.sockets.socket_opened("json")
        found.sockets.socket_closed(code)
    found.sockets.socket_opened("protobuf")
    values = samples(found)
    assert values[f"{NAME}_sockets", ()] == found.sockets.open == 1
    assert values[f"{NAME}_sockets_closed_total", ("4401",)] == values[f"{NAME}_sockets_closed_total", ("other",)] == 1
    assert values[f"{NAME}_sockets_opened_total", ("json",)] == 3


def test_a_refused_handshake_is_counted_by_its_reason_and_else_by_its_code() -> None:
    found = Metrics(KNOWN)
    found.sockets.handshake_refused("expired", "forbidden")
    found.sockets.handshake_refused(None, "forbidden")
    values = samples(found)
    assert values[f"{NAME}_socket_handshakes_refused_total", ("expired",)] == 1
    assert values[f"{NAME}_socket_handshakes_refused_total", ("forbidden",)] == 1


def test_what_the_sockets_of_a_format_carry_is_told() -> None:
    found = Metrics(KNOWN)
    traffic = found.sockets.traffic["protobuf"]
    traffic.frames_in, traffic.frames_out, traffic.bytes_in, traffic.bytes_out, traffic.slow_consumers = 1, 2, 3, 4, 5
    values = samples(found)
    assert values[f"{NAME}_socket_frames_total", ("in", "protobuf")] == 1
    assert values[f"{NAME}_socket_frames_total", ("out", "protobuf")] == 2
    assert values[f"{NAME}_socket_bytes_total", ("in", "protobuf")] == 3
    assert values[f"{NAME}_socket_bytes_total", ("out", "protobuf")] == 4
    assert values[f"{NAME}_slow_consumers_total", ("protobuf",)] == 5
    assert values[f"{NAME}_socket_frames_total", ("in", "json")] == 0
