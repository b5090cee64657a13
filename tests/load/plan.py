"""What a load process is asked to do and what it tells: plain records that travel as JSON between it and a test.

Times are of the monotonic clock, which all processes of a machine share; durations are in seconds.
"""

from __future__ import annotations

import msgspec

MARK = b"@@@@@@@@@@@@"
"""Stands in a template for the number of the request, twelve digits; as the end of a UUID it makes a `req_id`."""
SLOT_S = 0.1


class Stream(msgspec.Struct, kw_only=True):
    """Requests at a fixed rate, whatever becomes of them; latency counts from the moment a request was due to be sent.

    HTTP: each request goes over an idle connection or a new one, up to `connections`. With `greetings` (upgrades, used in
    turn) it goes over the next of so many sockets, and the templates are frames. Connections come from the `sources` in turn.
    """

    name: str
    rate: float
    templates: list[bytes]
    connections: int = 500
    greetings: list[bytes] = []
    timeout_s: float = 10.0
    sources: tuple[str, ...] = ("127.0.0.1",)
    keeps_acked: bool = False


class Flood(msgspec.Struct, kw_only=True):
    """Connections that write `chunk` again and again, as fast as it is taken, or `piece_bytes` of it every `every_s`.

    `opening` goes first, and with `waits` the chunk only follows an answer; with `half_closes` nothing follows and that is
    said (FIN). `reads` says whether answers are read at all;
    with `reopens` a closed connection is opened anew after 0.1 s.
    """

    name: str
    connections: int
    opening: bytes = b""
    chunk: bytes = b""
    waits: bool = True
    every_s: float = 0.0
    piece_bytes: int = 0
    reads: bool = True
    reopens: bool = True
    half_closes: bool = False
    source: str = "127.0.0.1"


class Plan(msgspec.Struct, kw_only=True):
    port: int
    seconds: float
    streams: list[Stream] = []
    floods: list[Flood] = []
    nice: int = 0


class Latency(msgspec.Struct):
    count: int = 0
    p50: float = 0.0
    p90: float = 0.0
    p99: float = 0.0
    max: float = 0.0

    def __str__(self) -> str:
        return f"{self.count}: p50 {self.p50:.3f} p90 {self.p90:.3f} p99 {self.p99:.3f} max {self.max:.3f} s"


class Result(msgspec.Struct, kw_only=True):
    """`unsent`: no connection was free. `lost`: the connection ended without an answer. `timeouts`: no answer in time.

    `faults` are answers that break INV1, at most twenty; `ok_at` and `refused_at` count answers by slots of 0.1 s.
    """

    sent: int
    unsent: int
    lost: int
    timeouts: int
    statuses: dict[int, int]
    codes: dict[str, int]
    ok: Latency
    refused: Latency
    faults: list[str]
    ok_at: list[int]
    refused_at: list[int]
    acked: list[int]

    def __str__(self) -> str:
        parts = [f"sent {self.sent}", f"unsent {self.unsent}", f"lost {self.lost}", f"timeouts {self.timeouts}"]
        return ", ".join([*parts, str(self.statuses), str(self.codes), f"ok {self.ok}", f"refused {self.refused}"])

    @property
    def answered(self) -> int:
        return self.ok.count + self.refused.count

    @property
    def slowest_s(self) -> float:
        return max(self.ok.max, self.refused.max)

    def ok_between(self, start_s: float, end_s: float) -> int:
        """Successes that came between two moments after the beginning."""
        return sum(self.ok_at[int(start_s / SLOT_S) : int(end_s / SLOT_S)])

    def first_ok_after(self, moment_s: float) -> float:
        """Seconds from the moment to the end of the slot of the first success; infinite without one."""
        begin = int(moment_s / SLOT_S) + 1
        slots = (slot for slot, count in enumerate(self.ok_at[begin:], begin) if count)
        return (next(slots, float("inf")) + 1) * SLOT_S - moment_s


class FloodResult(msgspec.Struct, kw_only=True):
    """`answers` are the first lines' statuses, `codes` the sockets' close codes, `lives` how long closed connections lived."""

    opened: int
    refused: int
    closed: int
    still_open: int
    answers: dict[int, int]
    codes: dict[int, int]
    lives: Latency
    bytes_sent: int
    bytes_heard: int


class Report(msgspec.Struct, kw_only=True):
    """`lag_s` is the longest time for which the load process itself did not come to send: what the machine adds."""

    began: float
    seconds: float
    lag_s: float
    streams: dict[str, Result]
    floods: dict[str, FloodResult]


def latency_of(values: list[float]) -> Latency:
    if not values:
        return Latency()
    ordered, last = sorted(values), len(values) - 1
    p50, p90, p99 = (ordered[min(last, int(len(ordered) * share))] for share in (0.5, 0.9, 0.99))
    return Latency(len(ordered), p50, p90, p99, ordered[last])
