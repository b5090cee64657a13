"""Changes of operations and events: doors, addresses, numbers, results and policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from codegen.breaking.change import Change
from codegen.breaking.records import Direction, compare_records
from codegen.breaking.values import compare_types
from codegen.diagnostics import Place
from codegen.ir.operations import Contract, Event, Http, Objective, Operation, Roles
from codegen.ir.topics import events_of, is_guarded
from codegen.ir.types import File, Record

Carriers = dict[str, tuple[str, ...]]


def compare_operations(old: Contract, new: Contract, today: date) -> Iterator[Change]:
    """Operations are the same by their names. A request counts as its own type, with what path, query and headers
    carry."""
    before = {one.name: one for one in old.operations}
    after = {one.name: one for one in new.operations}
    for name in sorted(before.keys() - after.keys()):
        yield _removed(before[name], today)
    for name in sorted(after.keys() - before.keys()):
        yield Change("operation-added", name, "is new", after[name].place)
    for name in sorted(before.keys() & after.keys()):
        yield from _operation(before[name], after[name])
        if before[name].http and after[name].http:
            yield from _answer_headers(name, _headers(old, before[name]), _headers(new, after[name]), after[name].place)
        yield from compare_records(before[name].request, after[name].request, Direction.REQUEST)
        yield from _limit(old, new, before[name], after[name])


def _removed(old: Operation, today: date) -> Change:
    """After its day a deprecated operation may go; before it, that is what the day was for."""
    if old.deprecated and old.sunset and date.fromisoformat(old.sunset) <= today:
        return Change("operation-removed-after-sunset", old.name, f"is gone, as {old.sunset} promised", old.place)
    reason = f", before its x-sunset {old.sunset}" if old.sunset else ""
    return Change("operation-removed", old.name, f"is gone{reason}", old.place)


def _operation(old: Operation, new: Operation) -> Iterator[Change]:
    place = new.place
    if old.feature != new.feature:
        yield Change("feature-changed", old.name, f"{old.feature} became {new.feature}", place)
    yield from _methods(old, new)
    yield from _door(old, new)
    yield from _bytes(old, new)
    yield from _links(old, new)
    if replace(old.result, file=None) != replace(new.result, file=None):
        message = f"{_answer(old)} became {_answer(new)}"
        yield Change("result-changed", old.name, message, place)
    yield from _roles(old.name, old.roles, new.roles, new)
    for code in sorted(set(new.errors) - set(old.errors)):
        yield Change("error-added", f"{old.name}: {code}", "may be answered now", place)
    for code in sorted(set(old.errors) - set(new.errors)):
        yield Change("error-removed", f"{old.name}: {code}", "is not answered any more", place)
    if (old.idempotency == "key") != (new.idempotency == "key"):
        word = "added" if new.idempotency == "key" else "removed"
        yield Change(f"idempotency-key-{word}", old.name, f"{old.idempotency} became {new.idempotency}", place)
    if old.timeout_s != new.timeout_s:
        word = "shortened" if new.timeout_s < old.timeout_s else "extended"
        yield Change(f"deadline-{word}", old.name, f"{old.timeout_s:g} s became {new.timeout_s:g} s", place)
    if old.objective != new.objective:
        word = "lowered" if _is_less(new.objective, old.objective) else "raised"
        yield Change(
            f"objective-{word}", old.name, f"{_promise(old.objective)} became {_promise(new.objective)}", place
        )
    if old.audit != new.audit:
        yield Change("audit-changed", old.name, f"{old.audit} became {new.audit}", place)
    if set(old.audit_fields) != set(new.audit_fields):
        kept = [", ".join(sorted(one.audit_fields)) or "nothing" for one in (old, new)]
        yield Change("audit-changed", old.name, f"of the request {kept[0]} was kept, and now {kept[1]}", place)
    if old.deprecated != new.deprecated:
        yield Change(f"operation-{'' if new.deprecated else 'un'}deprecated", old.name, "by `deprecated`", place)
    if old.sunset and old.sunset != new.sunset:
        word = "advanced" if new.sunset and new.sunset < old.sunset else "postponed"
        yield Change(f"sunset-{word}", old.name, f"{old.sunset} became {new.sunset or 'no day'}", place)


def _links(old: Operation, new: Operation) -> Iterator[Change]:
    """What leads from an answer to the next call: no call is refused for it, but who walks by links finds another way, or none."""
    before, after = _leads(old), _leads(new)
    for name in sorted(before.keys() - after.keys()):
        yield Change("link-removed", f"{old.name}: {name}", "leads nowhere any more", new.place)
    for name in sorted(after.keys() - before.keys()):
        yield Change("link-added", f"{old.name}: {name}", "is new", new.place)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield Change("link-changed", f"{old.name}: {name}", "leads elsewhere, or with other parameters", new.place)


def _leads(operation: Operation) -> dict[str, dict[str, object]]:
    """Each link without its description."""
    links = operation.http.links if operation.http else {}
    said = {name: dict(link) if isinstance(link, Mapping) else {} for name, link in links.items()}
    return {name: {key: one for key, one in link.items() if key != "description"} for name, link in said.items()}


def _answer(operation: Operation) -> str:
    """In words; from one answer to a stream is another for every client."""
    record = operation.result.record or "nothing"
    return f"a stream of {record}" if operation.result.is_stream else record


def _bytes(old: Operation, new: Operation) -> Iterator[Change]:
    """Answers of bytes: more of them, or of another type, are news to a caller; fewer are not. Who asks for a type alone (`Accept`)
    that is not answered any more is refused (RFC 9110 §15.5.7)."""
    one, other = old.result.file, new.result.file
    if (one is None) != (other is None):
        yield Change("result-changed", old.name, "bytes became JSON" if one else "JSON became bytes", new.place)
    elif one and other:
        gone, more = _unmet(one.media_types, other.media_types), _unmet(other.media_types, one.media_types)
        for media in gone:
            yield Change("http-media-type-removed", old.name, f"{media} is not answered any more", new.place)
        for media in more:
            yield Change("http-media-type-added", old.name, f"{media} is answered, too", new.place)
        same = replace(one, media_types=other.media_types) if gone or more else one
        for word, is_so in zip(("narrowed", "widened"), compare_types(same, other) or (), strict=False):
            if is_so:
                message = f"{_say_file(one)} became {_say_file(other)}"
                yield Change(f"answer-values-{word}", old.name, message, new.place)


def _unmet(some: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    """Types and ranges of types that none of the others meets; none at all are any."""
    return [one for one in some if others and not any(_meet(one, other) for other in others)]


def _meet(one: str, other: str) -> bool:
    return fnmatchcase(one, other) or fnmatchcase(other, one)


def _say_file(file: File) -> str:
    return f"{file.max_bytes} bytes of {' or '.join(file.media_types) or 'any type'}"


def _methods(old: Operation, new: Operation) -> Iterator[Change]:
    """What users of the SDKs write."""
    if old.method != new.method:
        yield Change("method-changed", old.name, f"{old.method} became {new.method}", new.place)
    if old.pager != new.pager:
        word = "changed" if old.pager and new.pager else "removed" if old.pager else "added"
        yield Change(f"pager-{word}", old.name, f"{old.pager or 'none'} became {new.pager or 'none'}", new.place)
    if old.session != new.session:
        word = "changed" if old.session and new.session else "removed" if old.session else "added"
        yield Change(f"session-{word}", old.name, f"{old.session or 'none'} became {new.session or 'none'}", new.place)


def _door(old: Operation, new: Operation) -> Iterator[Change]:
    if (old.http is None) != (new.http is None):
        word = "removed" if new.http is None else "added"
        yield Change(f"http-door-{word}", old.name, "the HTTP binding", new.place)
    elif old.http and new.http:
        yield from _http(old.name, old.http, new.http)
        names = _names_before(old.request, new.request)
        yield from _fields(old, new, _carriers(old.http, {}), _carriers(new.http, names))
        if old.has_rpc != new.has_rpc:
            rule = "http-protobuf-added" if new.has_rpc else "http-protobuf-removed"
            yield Change(rule, old.name, "the rpc, by which HTTP speaks protobuf", new.place)
    if (old.pkg_id is None) != (new.pkg_id is None):
        word = "removed" if new.pkg_id is None else "added"
        yield Change(f"socket-door-{word}", old.name, "the WebSocket binding", new.place)
    elif old.pkg_id != new.pkg_id:
        yield Change("pkg-id-changed", old.name, f"{old.pkg_id} became {new.pkg_id}", new.place)


def _http(name: str, old: Http, new: Http) -> Iterator[Change]:
    if (old.method, old.path) != (new.method, new.path):
        message = f"{old.method} {old.path} became {new.method} {new.path}"
        yield Change("http-address-changed", name, message, new.place)
    if gone := set(old.statuses) - set(new.statuses):
        yield Change("http-status-removed", name, f"{_listed(gone)}, left is {_listed(new.statuses)}", new.place)
    if more := set(new.statuses) - set(old.statuses):
        yield Change("http-status-added", name, f"{_listed(more)} beside {_listed(old.statuses)}", new.place)


def _fields(old: Operation, new: Operation, before: Carriers, after: Carriers) -> Iterator[Change]:
    name = old.name
    for field in sorted(before.keys() - after.keys()):
        if before[field][0] == "query":
            message = "is no parameter of the query any more"
            yield Change("http-parameter-removed", f"{name}.{before[field][1]}", message, new.place)
    for field in sorted(after.keys() - before.keys()):
        if after[field][0] == "query":
            yield Change("http-parameter-added", f"{name}.{after[field][1]}", "is a parameter of the query", new.place)
    for field in sorted(before.keys() & after.keys()):
        if before[field] != after[field]:
            one, message = old.request.field(field), f"{' '.join(before[field])} became {' '.join(after[field])}"
            yield Change("http-carrier-changed", f"{name}.{one.member if one else field}", message, new.place)


def _names_before(old: Record, new: Record) -> dict[str, str]:
    """What code called the fields: they are the same by their names in JSON, or else by those of code."""
    return {one.name: (old.of_member(one.member) or old.field(one.name) or one).name for one in new.fields}


def _headers(contract: Contract, operation: Operation) -> dict[str, str]:
    """What each header of the answer carries, by its name in JSON; a header is read by its own name, whatever its case."""
    record = contract.definitions.get(operation.result.record or "")
    found: dict[str, str] = {}
    for header in operation.http.response_headers if operation.http else ():
        one = record.field(header.field) if isinstance(record, Record) else None
        found[header.carrier.lower()] = one.member if one else header.field
    return found


def _answer_headers(name: str, before: dict[str, str], after: dict[str, str], place: Place) -> Iterator[Change]:
    for carrier in sorted(before.keys() | after.keys()):
        one, other = before.get(carrier), after.get(carrier)
        if other is None:
            yield Change("http-header-removed", f"{name}: {carrier}", "is no header of the answer any more", place)
        elif one is None:
            yield Change("http-header-added", f"{name}: {carrier}", "is a header of the answer", place)
        elif one != other:
            yield Change("http-header-changed", f"{name}: {carrier}", f"carried {one}, carries {other}", place)


def _listed(statuses: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(statuses)))


def _carriers(http: Http, names: dict[str, str]) -> Carriers:
    """Where each field stands in a request, by what code calls it; `names` are others by which it is known."""
    found: Carriers = {names.get(one.field, one.field): (one.location, one.carrier) for one in http.parameters}
    body = "form" if http.form else "bytes" if http.file else "body"
    return found | dict.fromkeys((names.get(field, field) for field in http.body or ()), (body,))


def _roles(name: str, old: Roles, new: Roles, at: Operation | Event) -> Iterator[Change]:
    """Whoever satisfied an old alternative must satisfy a new one."""
    if old == new:
        return
    message = f"{_say(old)} became {_say(new)}"
    if not _admits(new, old):
        yield Change("roles-narrowed", name, message, at.place)
    if not _admits(old, new):
        yield Change("roles-widened", name, message, at.place)


def _admits(roles: Roles, callers: Roles) -> bool:
    """Whether everybody whom `callers` let in is let in by `roles`."""
    if roles is None:
        return True
    if callers is None:
        return False
    return all(any(group <= caller for group in roles) for caller in callers)


def _say(roles: Roles) -> str:
    if roles is None:
        return "public"
    return " or ".join(" and ".join(sorted(group)) or "any caller" for group in roles)


def _limit(old: Contract, new: Contract, before: Operation, after: Operation) -> Iterator[Change]:
    rates = []
    for contract, operation in ((old, before), (new, after)):
        bucket = next((one for one in contract.buckets if one.name == operation.bucket), None)
        rates.append(float("inf") if bucket is None else bucket.limit / bucket.window_s)
    if rates[0] != rates[1]:
        word = "lowered" if rates[1] < rates[0] else "raised"
        yield Change(f"limit-{word}", before.name, f"{rates[0]:g}/s became {rates[1]:g}/s", after.place)


def compare_sockets(old: Contract, new: Contract) -> Iterator[Change]:
    """How many sockets a user may have, where there are any in both."""
    before, after = old.sockets_per_user, new.sockets_per_user
    if before != after and old.socket_info and new.socket_info:
        word = "lowered" if after < before else "raised"
        yield Change(f"limit-{word}", "sockets", f"{before} a user became {after}")


def compare_events(old: Contract, new: Contract) -> Iterator[Change]:
    """Events are the same by their names; what is in them is judged as an answer."""
    before, after = {one.name: one for one in old.events}, {one.name: one for one in new.events}
    for name in sorted(before.keys() - after.keys()):
        yield Change("event-removed", name, "is gone", before[name].place)
    for name in sorted(after.keys() - before.keys()):
        yield Change("event-added", name, "is new", after[name].place)
    for name in sorted(before.keys() & after.keys()):
        one, other = before[name], after[name]
        if one.pkg_id != other.pkg_id:
            yield Change("event-number-changed", name, f"{one.pkg_id} became {other.pkg_id}", other.place)
        yield from _topics(one, other)
        yield from _roles(name, one.roles, other.roles, other)


def compare_topics(old: Contract, new: Contract) -> Iterator[Change]:
    """Of those that stay: whether a handler says who may follow, whether each event is heard, by what they are filtered, and whether followers hear of each other."""
    before = {topic.name: topic for topic in old.topics if events_of(old, topic.name)}
    for topic in new.topics:
        events, other = events_of(new, topic.name), before.get(topic.name)
        if not events or other is None:
            continue
        if is_guarded(topic) != is_guarded(other):
            rule = "topic-opened-by-handler" if is_guarded(topic) else "topic-opened-by-roles"
            yield Change(
                rule, topic.name, f"is opened by {topic.may_follow}, and was by {other.may_follow}", events[0].place
            )
        if topic.delivery != other.delivery:
            rule = "topic-conflated" if topic.delivery == "latest" else "topic-delivered-whole"
            yield Change(rule, topic.name, f"is {topic.delivery}, and was {other.delivery}", events[0].place)
        for path in sorted(set(other.filter) - set(topic.filter)):
            yield Change("topic-filter-removed", topic.name, f"is not filtered by {path} any more", events[0].place)
        for path in sorted(set(topic.filter) - set(other.filter)):
            yield Change("topic-filter-added", topic.name, f"may be filtered by {path}", events[0].place)
        if topic.presence != other.presence:
            rule = "topic-presence-removed" if topic.presence == "none" else "topic-presence-added"
            yield Change(rule, topic.name, f"tells {topic.presence}, and told {other.presence}", events[0].place)


def _topics(one: Event, other: Event) -> Iterator[Change]:
    """Who follows a topic on which an event is told no more hears nothing; one more is heard by who follows that."""
    gone = [topic for topic in one.topics if topic not in other.topics]
    new = [topic for topic in other.topics if topic not in one.topics]
    if gone and new:
        yield Change("event-topic-changed", other.name, f"{', '.join(gone)} became {', '.join(new)}", other.place)
    elif gone:
        yield Change("event-topic-removed", other.name, f"is told on {', '.join(gone)} no more", other.place)
    elif new:
        yield Change("event-topic-added", other.name, f"is told on {', '.join(new)}, too", other.place)


def _is_less(one: Objective | None, other: Objective | None) -> bool:
    """Whether callers can count on less in any of its parts."""
    if one is None or other is None:
        return one is None
    slower = one.within_s > other.within_s and bool(other.latency)
    return slower or one.availability < other.availability or (one.latency or 0) < (other.latency or 0)


def _promise(objective: Objective | None) -> str:
    if objective is None:
        return "no objective"
    latency = f", {objective.latency:g} % within {objective.within_s:g} s" if objective.latency is not None else ""
    return f"{objective.availability:g} %{latency}"
