"""Whether today's answer is the recorded one, as the contract has it: status, code, schema, members, headers, events and closes.

Ids, moments, cursors and secrets that a service makes are matched, and not compared; sentences for people are not compared at all.
Whatever else differs is a Difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from proof.difference import SHOWN, Member, is_same
from proof.documents import PROBLEM, Json
from proof.traffic.bodies import is_json
from proof.traffic.contract import Contract, Operation
from proof.traffic.lines import HIDDEN, Answer, Body
from proof.traffic.matching import NOBODY_S, SEALED, Kinds, Matches, Own, secret_of
from proof.traffic.schema import Schema
from proof.traffic.script import code_of
from proof.traffic.secrets import is_secret_name

CHECKS: Mapping[str, str] = {
    "status": "The status is the recorded one.",
    "code": "A refusal has the recorded code, and names the same places.",
    "declared": "A status that the contract does not declare comes only where it came before.",
    "schema": "An answer fits the schema that its operation declares.",
    "member": "Each member of an answer is the recorded one, or stands for it.",
    "header": "The headers that the contract names are there, and mean the same.",
    "handshake": "A socket opens, or is refused, as it was.",
    "reply": "What was answered is answered.",
    "event": "The same events come, each once.",
    "close": "A socket ends by the recorded code, and only where it ended.",
}
COMPARED = frozenset({"content-type", "allow", "idempotent-replayed", "accept-ranges", "content-range"})
TAGS = frozenset({"etag", "last-modified"})
CHANGING = frozenset({"ratelimit", "ratelimit-policy", "stele-contract", "retry-after", "x-correlation-id", "vary"})
"""Declared headers whose presence alone counts."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`number` is the line of the recording; `pointer` is into the answer's body, where that is what differs."""

    check: str
    about: str
    number: int
    text: str
    pointer: str = ""
    recorded: Any = None
    now: Any = None

    def __str__(self) -> str:
        place = f"{self.about}{f' at {self.pointer}' if self.pointer else ''}"
        return f"{self.check}: {place}: {self.text} (line {self.number})"


@dataclass(slots=True)
class Case:
    """One thing that was played: what it is about, where it stands, and which of its ids are the client's own."""

    about: str
    number: int
    own: Own = NOBODY_S
    found: list[Difference] = field(default_factory=list)

    def tell(self, check: str, text: str, pointer: str = "", recorded: Any = None, now: Any = None) -> None:
        self.found.append(Difference(check, self.about, self.number, text[:SHOWN], pointer, recorded, now))


class Judge:
    def __init__(self, contract: Contract, matches: Matches) -> None:
        self.contract = contract
        self.kinds = Kinds(contract)
        self.matches = matches

    def answer(self, case: Case, operation: Operation | None, then: Answer, now: Answer, *, whole: bool) -> None:
        """Of HTTP. Without `whole` members are not compared, only learned from."""
        if then.status != now.status:
            declared = operation is None or self.contract.response(operation, now.status) is not None
            text = f"recorded {_shown(then)}, now {_shown(now)}"
            case.tell(
                "status",
                text if declared else f"{text}, which the contract does not declare",
                "",
                then.status,
                now.status,
            )
            return
        if operation is None:
            return
        schema = self.contract.answered(operation, now.status, now.body.media)
        if schema is None and self._is_declared(operation, then):
            case.tell(
                "declared", f"{now.body.media or 'an answer without content'} is not declared for status {now.status}"
            )
            return
        self._body(
            case,
            f"{operation.name} {now.status} {now.body.media}",
            schema or Schema({}),
            then.body,
            now.body,
            whole=whole,
        )
        if whole:
            self._headers(case, operation, then, now)

    def _is_declared(self, operation: Operation, then: Answer) -> bool:
        return self.contract.answered(operation, then.status, then.body.media) is not None

    def _body(self, case: Case, key: str, schema: Schema, then: Body, now: Body, *, whole: bool) -> None:
        if then.form != now.form:
            case.tell("schema", f"the body was {then.form} and is {now.form}")
        elif now.form in ("json", "protobuf"):
            if now.form == "json" and (fault := self.contract.misfit(key, schema, now.value)):
                case.tell("schema", fault, fault.partition(":")[0])
            if now.media == PROBLEM:
                self._problem(case, then, now)
            else:
                self.members(case, schema, then.value, now.value, whole=whole)

    def _problem(self, case: Case, then: Body, now: Body) -> None:
        if code_of(then) != code_of(now):
            case.tell("code", f"recorded {code_of(then)}, now {code_of(now)}", "/code", code_of(then), code_of(now))
            return
        first, second = _places(then.value), _places(now.value)
        if first != second:
            case.tell(
                "code", f"recorded faults at {_listed(first)}, now at {_listed(second)}", "/errors", first, second
            )

    def frame(self, case: Case, then: Body, now: Body, *, whole: bool) -> None:
        """A reply. A refusal has its problem in `data`."""
        if then.form != now.form:
            case.tell("reply", f"the frame was {then.form} and is {now.form}")
            return
        if now.form not in ("json", "protobuf"):
            return
        schema = self.contract.frame(now.value, is_sent=False)
        if schema is None:
            case.tell("declared", "the contract has no such frame", "", None, now.value)
            return
        self._fits(case, schema, now)
        first, second = then.value.get("status_code", 0), now.value.get("status_code", 0)
        if first != second or code_of(then) != code_of(now):
            case.tell(
                "code", f"recorded {code_of(then) or 'ok'}, now {code_of(now) or 'ok'}", "/status_code", first, second
            )
        elif second:
            self._problem(case, replace(then, value=then.value["data"]), replace(now, value=now.value["data"]))
        else:
            self.members(case, schema, then.value, now.value, whole=whole)

    def _fits(self, case: Case, schema: Schema, now: Body) -> None:
        key = f"frame {id(schema.parts[0])}"
        if now.form == "json" and (fault := self.contract.misfit(key, schema, now.value)):
            case.tell("schema", fault, fault.partition(":")[0])

    def event(self, case: Case, then: Body, now: Body, *, learns: bool) -> None:
        """What an event tells. Where it stands in its topic is another matter."""
        schema = self.contract.frame(now.value, is_sent=False) or Schema({})
        first, second = (
            {name: value for name, value in one.value.items() if name not in ("offset", "epoch", "req_id")}
            for one in (then, now)
        )
        self._fits(case, schema, now)
        self.members(case, schema, first, second, learns=learns)

    def members(
        self, case: Case, schema: Schema, then: Any, now: Any, *, whole: bool = True, learns: bool = True
    ) -> None:
        """The places that differ; values that a service makes are learned on the way."""
        for pointer, text, first, second in self._differ(case, schema, schema, "", then, now, "", learns):
            if whole:
                case.tell("member", text, pointer or "/", first, second)

    def _differ(
        self, case: Case, schema: Schema, owner: Schema, name: str, then: Any, now: Any, pointer: str, learns: bool
    ) -> Iterator[tuple[str, str, Any, Any]]:
        if secret := secret_of(then):
            if text := self.matches.learn_secret(secret, now) if now is not None else "is not there":
                yield pointer, f"a secret {text}", None, None
        elif isinstance(then, dict) and isinstance(now, dict):
            for key in sorted({*then, *now}):
                first, second = then.get(key, Member.ABSENT), now.get(key, Member.ABSENT)
                yield from self._member(case, schema, key, first, second, f"{pointer}/{key}", learns)
        elif isinstance(then, list) and isinstance(now, list):
            if len(then) != len(now):
                yield pointer, f"recorded {len(then)} items, now {len(now)}", then, now
                return
            for index, (first, second) in enumerate(zip(then, now, strict=True)):
                yield from self._differ(case, schema.item(), owner, name, first, second, f"{pointer}/{index}", learns)
        else:
            kind = self.kinds.of(name, schema, owner) if then is not None and now is not None and name else ""
            if text := self._leaf(case, kind, then, now, learns):
                yield pointer, text, then, now

    def _member(
        self, case: Case, schema: Schema, key: str, then: Any, now: Any, pointer: str, learns: bool
    ) -> Iterator[tuple[str, str, Any, Any]]:
        if is_secret_name(key) and Member.ABSENT in (then, now):
            yield pointer, "a secret is there in one of the two alone", None, None
        elif Member.ABSENT in (then, now):
            declared = "" if schema.declares(key) else "; the contract does not declare it"
            yield pointer, f"recorded {_brief(then)}, now {_brief(now)}{declared}", _told(then), _told(now)
        else:
            yield from self._differ(case, schema.member(key), schema, key, then, now, pointer, learns)

    def _leaf(self, case: Case, kind: str, then: Any, now: Any, learns: bool) -> str:
        if not kind:
            return "" if is_same(then, now) else f"recorded {_brief(then)}, now {_brief(now)}"
        why = self.matches.agree(kind, then, now, case.own, learns=learns)
        return f"recorded {_brief(then)}, now {_brief(now)}, which {why}" if why else ""

    def _headers(self, case: Case, operation: Operation, then: Answer, now: Answer) -> None:
        declared = (self.contract.response(operation, now.status) or {}).get("headers", {})
        first, second = dict(then.headers), dict(now.headers)
        for name in sorted({*map(str.lower, declared), *COMPARED, *TAGS, "location"}):
            one, other = first.get(name), second.get(name)
            if (one is None) != (other is None):
                case.tell("header", f"{name}: recorded {_brief(one)}, now {_brief(other)}", "", one, other)
            elif one is not None and other is not None and (why := self._header(case, declared, name, one, other)):
                case.tell("header", f"{name}: recorded {one!r}, now {other!r}, {why}", "", one, other)

    def _header(self, case: Case, declared: Json, name: str, then: str, now: str) -> str:
        """Nothing, or what is to be said of the two. A tag that carries a field is that field, another one is sealed."""
        if name in CHANGING or then == now:
            return ""
        if then == HIDDEN:
            return ""
        if name == "location":
            return self._location(case, then, now)
        if name in TAGS and not any("x-field" in one for key, one in declared.items() if key.lower() == name):
            self.matches.agree(SEALED, then, now)
            return ""
        return "which is not the same" if name in COMPARED | TAGS else ""

    def _location(self, case: Case, then: str, now: str) -> str:
        """Of the same operation, each part of the path standing for the recorded one."""
        first, second = self.contract.find("GET", then), self.contract.find("GET", now)
        if first is None or second is None or first[0] != second[0]:
            return "which is another place"
        whys = [self.matches.agree(name, text, second[1][name], case.own) for name, text in first[1].items()]
        return next((f"which {why}" for why in whys if why), "")


def _shown(answer: Answer) -> str:
    code = code_of(answer.body) if is_json(answer.body.media) else ""
    return f"{answer.status}{f' {code}' if code else ''}"


def _places(problem: Json) -> list[str]:
    """Pointers of a problem's faults, sorted: their order is nobody's promise."""
    errors = problem.get("errors") if isinstance(problem, dict) else None
    return (
        sorted(str(one.get("pointer")) for one in errors if isinstance(one, dict)) if isinstance(errors, list) else []
    )


def _listed(places: list[str]) -> str:
    return ", ".join(places) or "none"


def _brief(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= SHOWN // 3 else f"{text[: SHOWN // 3]}…"


def _told(value: Any) -> Any:
    return None if value is Member.ABSENT else value
