"""Doors, addresses, numbers, roles and limits: what changed, and whom it breaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codegen.breaking.gate import judge
from codegen.breaking.operations import compare_events, compare_topics
from codegen.breaking.rules import RULES, Audience
from codegen.fix import fix
from codegen.ir.operations import Contract
from codegen.pipeline import load
from tests.codegen.breaking.changes import HTTP, PACKAGES, PROTO, SCHEMA, TODAY, before_and_after, rules, verdict
from tests.codegen.contracts import SHIPPED, compose, contract_of, edited

DROP = "security: [{bearer: [writer]}, {bearer: [auditor]}]"
DROP_SOCKET = "security: [{$ref: '../policy.yaml#/roles/writer'}, {$ref: '../policy.yaml#/roles/auditor'}]"


@pytest.mark.parametrize(
    ("edits", "subject", "rule"),
    [
        ([("openapi.yaml", "/ping:", "/pong:")], "ping", "http-address-changed"),
        ([(HTTP, "'201':", "'200':")], "make_thing", "http-status-removed"),
        ([(HTTP, "x-idempotent: key", "x-idempotent: none")], "make_thing", "idempotency-key-removed"),
        ([(HTTP, "x-idempotent: key", "x-idempotent: key\n    x-timeout: 1s")], "make_thing", "deadline-shortened"),
        ([(HTTP, "x-errors: [thing_taken]", "x-errors: [thing_taken, thing_not_found]")], "make_thing: thing_not_found", "error-added"),
        ([(HTTP, DROP, "security: [{bearer: [writer]}]"), (PACKAGES, DROP_SOCKET, "security: [{$ref: '../policy.yaml#/roles/writer'}]")], "drop_thing", "roles-narrowed"),
        ([("policy.yaml", "limit: 600, window: 60s, key: user", "limit: 60, window: 60s, key: user")], "get_thing", "limit-lowered"),
        ([("policy.yaml", "defaults:", "sockets: {per_user: 5}\ndefaults:")], "sockets", "limit-lowered"),
        ([("policy.yaml", "defaults:", "sockets: {per_user: 50}\ndefaults:")], "sockets", "limit-raised"),
        ([("policy.yaml", "limit: 600, window: 60s, key: user", "limit: 6000, window: 60s, key: user")], "get_thing", "limit-raised"),
        ([(HTTP, "summary: Case ping.", "summary: Case ping.\n    deprecated: true")], "ping", "operation-deprecated"),
        ([(HTTP, "summary: Case ping.", "summary: Case ping.\n    x-slo: {availability: 99.9}")], "ping", "objective-raised"),
    ],
)  # fmt: skip
def test_a_change_has_its_rule(tmp_path: Path, edits: list[tuple[str, str, str]], subject: str, rule: str) -> None:
    assert rule in rules(verdict(tmp_path, *edits), subject)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("{availability: 99.9}", "{availability: 99.5}", "objective-lowered"),
        ("{availability: 99.9}", "none", "objective-lowered"),
        ("{availability: 99.9}", "{availability: 99.95}", "objective-raised"),
        ("{availability: 99.9}", "{availability: 99.9, latency: {percent: 99, within: 1s}}", "objective-raised"),
        ("{availability: 99, latency: {percent: 99, within: 1s}}", "{availability: 99.9, latency: {percent: 99, within: 2s}}", "objective-lowered"),
        ("{availability: 99, latency: {percent: 99, within: 1s}}", "{availability: 99, latency: {percent: 99, within: 100ms}}", "objective-raised"),
    ],
)  # fmt: skip
def test_a_promise_to_callers_is_lowered_in_any_of_its_parts_or_raised(
    tmp_path: Path, before: str, after: str, rule: str
) -> None:
    old, new = (
        edited(
            tmp_path / name,
            (HTTP, "summary: Case ping.", f"summary: Case ping.\n    x-slo: {said}"),
            case="p51_everything",
        )
        for name, said in (("old", before), ("new", after))
    )
    assert not [*old.findings, *new.findings]
    assert rules(judge(old.contract, new.contract, (), TODAY), "ping") == {rule}


LINK = "          delete_artist: {operationId: delete_artist, parameters: {artist_id: $response.body#/id}}\n"


@pytest.mark.parametrize(
    ("instead", "there", "back"),
    [
        ("", "link-removed", "link-added"),
        (LINK.replace("{operationId", "{description: Away with it., operationId"), None, None),
        (LINK.replace(": delete_artist,", ": get_artist,"), "link-changed", "link-changed"),
    ],
)
def test_a_link_that_goes_or_leads_elsewhere_is_said(tmp_path: Path, instead: str, there: str, back: str) -> None:
    """Who walks by links is told; no call is refused for it, so that the gate stays open."""
    old = edited(tmp_path / "old").contract
    new = edited(tmp_path / "new", ("http/artists.yaml", LINK, instead)).contract
    forth, home = judge(old, new, (), TODAY), judge(new, old, (), TODAY)
    assert rules(forth, "create_artist: delete_artist") == {there} - {None}
    assert rules(home, "create_artist: delete_artist") == {back} - {None}


def test_a_field_that_leaves_or_joins_the_query_is_said_of_the_parameter_too(tmp_path: Path) -> None:
    """HTTP refuses an unknown parameter in either format, while a message may hold what is unknown."""
    name = (SCHEMA, "    name: {type: string, minLength: 1}\n", "")
    old, new = before_and_after(
        tmp_path, name, (PROTO, "  optional string name = 2;\n  repeated Colour", "  repeated Colour")
    )
    assert rules(judge(old, new, (), TODAY), "get_things.name") == {"http-parameter-removed"}
    assert rules(judge(new, old, (), TODAY), "get_things.name") == {"http-parameter-added"}


def test_a_parameter_is_the_same_by_its_name_in_json_or_by_that_of_code(tmp_path: Path) -> None:
    """What code calls otherwise stays where it is in the query; what the query calls otherwise has moved."""
    names = "    pageList: {type: array, items: {type: integer, format: int32}, default: []}\n"
    old = load(compose("p82_json_names", tmp_path / "old")).contract
    called = edited(
        tmp_path / "called", (SCHEMA, names, f"{names}  x-field-names: {{pageList: pages}}\n"),
        (HTTP, "{name: pageList, in: query,", "{name: pageList, in: query, x-field: pages,"), case="p82_json_names",
    ).contract  # fmt: skip
    spelled = edited(tmp_path / "spelled", (HTTP, "{name: sortBy,", "{name: sort-by,"), case="p82_json_names").contract
    for one, other in ((old, called), (called, old)):
        found = judge(one, other, (), TODAY)
        assert rules(found, "SendThingRequest.pageList") == {"field-renamed-in-code"}
        assert rules(found, "send_thing.pageList") == rules(found, "send_thing") == set()
    for one, other in ((old, spelled), (spelled, old)):
        assert rules(judge(one, other, (), TODAY), "send_thing.sortBy") == {"http-carrier-changed"}


def test_a_rest_door_that_loses_its_rpc_loses_protobuf(tmp_path: Path) -> None:
    """JSON stays as it was, and the other door has no say in it."""
    old = load(compose("p51_everything", tmp_path)).contract
    operations = tuple(replace(one, has_rpc=False) if one.name == "get_thing" else one for one in old.operations)
    new = replace(old, operations=operations)
    removed, added = judge(old, new, (), TODAY), judge(new, old, (), TODAY)
    assert rules(removed, "get_thing") == {"http-protobuf-removed"}
    assert rules(added, "get_thing") == {"http-protobuf-added"}
    assert {audience for one in removed.changes if one.subject == "get_thing" for audience in one.audiences} == {
        Audience.PROTOBUF
    }


@pytest.mark.parametrize(
    ("word", "there", "back"),
    [
        ("readOnly", {"SendThingRequest.name: request-field-removed"},
         {"SendThingRequest.name: proto-presence-changed", "SendThingRequest.name: request-required-field-added"}),
        ("writeOnly", {"Thing.name: answer-field-removed", "Thing.name: proto-presence-changed"}, {"Thing.name: answer-field-added"}),
    ],
)  # fmt: skip
def test_a_direction_takes_a_field_out_of_the_other_one(
    tmp_path: Path, word: str, there: set[str], back: set[str]
) -> None:
    """Required in both, `name` becomes one of answers or of requests alone; and the mirror of it."""
    named = "    name: {type: string, maxLength: 20}\n    secret"
    old = load(compose("p81_directions", tmp_path / "old")).contract
    edited(tmp_path / "new", (SCHEMA, named, named.replace("20}", f"20, {word}: true}}")), case="p81_directions")
    fixed = fix.fix(tmp_path / "new" / "specs")
    for one, other, expected in ((old, fixed.left.contract, there), (fixed.left.contract, old, back)):
        assert {f"{change.subject}: {change.rule}" for change in judge(one, other, (), TODAY).changes} == expected


def test_a_type_that_begins_to_differ_by_direction_is_another_in_requests(tmp_path: Path) -> None:
    """`Plain` comes in as `PlainInput` once one of its fields is only read; and the mirror of it."""
    plain = "Plain: {type: object, required: [a], properties: {a: {type: boolean}"
    old = load(compose("p81_directions", tmp_path / "old")).contract
    edited(tmp_path / "new", (SCHEMA, plain, f"{plain}, b: {{type: boolean, readOnly: true}}"), case="p81_directions")
    new = fix.fix(tmp_path / "new" / "specs").left.contract
    assert rules(judge(old, new, (), TODAY), "SendThingRequest.plain") == {"request-type-changed"}
    assert rules(judge(old, new, (), TODAY), "Plain.b") == {"answer-field-added"}
    assert rules(judge(new, old, (), TODAY), "SendThingRequest.plain") == {"request-type-changed"}
    assert rules(judge(new, old, (), TODAY), "Plain.b") == {"answer-optional-field-removed"}


def test_a_header_of_an_answer_is_compared_by_its_name(tmp_path: Path) -> None:
    done = "      '201':\n        description: Done.\n"
    header = f"{done}        headers: {{X-Name: {{x-field: name, schema: {{type: string}}}}}}\n"
    first = before_and_after(tmp_path / "a", (HTTP, done, header))
    moved = before_and_after(tmp_path / "b", (HTTP, done, header.replace("x-field: name", "x-field: note")))[1]
    spelled = before_and_after(tmp_path / "c", (HTTP, done, header.replace("X-Name", "x-name")))[1]
    assert rules(judge(*first, (), TODAY), "make_thing: x-name") == {"http-header-added"}
    assert rules(judge(first[1], first[0], (), TODAY), "make_thing: x-name") == {"http-header-removed"}
    assert rules(judge(first[1], moved, (), TODAY), "make_thing: x-name") == {"http-header-changed"}
    assert rules(judge(first[1], spelled, (), TODAY), "make_thing: x-name") == set()


def test_a_header_carries_what_json_calls_its_field(tmp_path: Path) -> None:
    """What code calls otherwise is the same on the wire; another member is another."""

    def carrying(folder: str, field: str, names: str) -> Contract:
        done = "        description: Done.\n"
        header = f"{done}        headers: {{X-Thing: {{x-field: {field}, schema: {{type: integer}}}}}}\n"
        edits = [
            (HTTP, done, header),
            (SCHEMA, "  x-field-names: {class: class_name, copy: copied}\n", f"  x-field-names: {{{names}}}\n"),
        ]
        return edited(tmp_path / folder, *edits, case="p82_json_names").contract

    old = carrying("old", "thing_id", "class: class_name, copy: copied")
    called = carrying("called", "number", "class: class_name, copy: copied, thingId: number")
    moved = carrying("moved", "is_open", "class: class_name, copy: copied")
    assert rules(judge(old, called, (), TODAY), "send_thing: x-thing") == set()
    assert rules(judge(old, moved, (), TODAY), "send_thing: x-thing") == {"http-header-changed"}


def removed(folder: Path, words: str) -> str:
    """What the removal of `ping` is called, where it had these words."""
    old = ("http/things.yaml", "summary: Case ping.\n", f"summary: Case ping.\n{words}")
    from_path = ("openapi.yaml", "  /ping: {$ref: 'http/things.yaml#/p3'}\n", "")
    return _removal(folder, old, from_path)


def _removal(folder: Path, old: tuple[str, str, str], path: tuple[str, str, str]) -> str:
    first = before_and_after(folder / "a", old)[1]
    text = (folder / "a" / "old" / "specs" / HTTP).read_text()
    body = text[text.index("p3:\n") :]
    second = before_and_after(folder / "b", path, (HTTP, body, ""))[1]
    return rules(judge(first, second, (), TODAY), "ping").pop()


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("", "operation-removed"),
        ("    deprecated: true\n    x-sunset: '2027-01-01'\n", "operation-removed"),
        ("    deprecated: true\n    x-sunset: '2025-01-01'\n", "operation-removed-after-sunset"),
    ],
)
def test_a_removal_before_its_day_breaks_and_after_it_does_not(tmp_path: Path, words: str, rule: str) -> None:
    assert removed(tmp_path, words) == rule


def test_whom_a_change_breaks_is_said(tmp_path: Path) -> None:
    found = verdict(tmp_path, ("openapi.yaml", "/ping:", "/pong:"))
    (change,) = [one for one in found.changes if one.subject == "ping"]
    assert change.audiences == (Audience.REST, Audience.PROTOBUF)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("x-sdk-method: find", "x-sdk-method: seek", "method-changed"),
        ("paginate: paginate}", "paginate: walk}", "pager-changed"),
    ],
)
def test_users_of_the_sdk_are_told_of_another_name(tmp_path: Path, old: str, new: str, rule: str) -> None:
    before, after = load(SHIPPED).contract, edited(tmp_path, ("http/artists.yaml", old, new)).contract
    (change,) = judge(before, after, (), TODAY).changes
    assert (change.rule, change.audiences) == (rule, (Audience.SOURCE,))


def test_a_session_s_operation_may_come_and_not_go(tmp_path: Path) -> None:
    before = load(SHIPPED).contract
    after = edited(tmp_path, ("http/auth.yaml", "    x-session: ticket\n", "")).contract
    assert {one.rule for one in judge(before, after, (), TODAY).changes} == {"session-removed"}
    assert not judge(after, before, (), TODAY).is_breaking


@pytest.mark.parametrize(
    ("file", "old", "new", "subject", "rule", "mirror"),
    [
        (HTTP, "{'image/*': {schema", "{image/png: {schema", "get_picture", "answer-values-narrowed", "answer-values-widened"),
        (HTTP, "{'image/*': {schema", "{application/pdf: {schema", "get_picture", "http-media-type-removed", "http-media-type-added"),
        (SCHEMA, "Picture: {type: string, format: binary, maxLength: 1000}", "Picture: {type: string, format: binary, maxLength: 2000}",
         "get_picture", "answer-values-widened", "answer-values-narrowed"),
        (HTTP, "image/png: {schema: {type: string, format: binary, maxLength: 1000}}\n", "", "PutPictureRequest.content",
         "request-values-narrowed", "request-values-widened"),
        (SCHEMA, "maxItems: 3, items: {type: string, format: binary, maxLength: 100}", "maxItems: 3, items: {type: string, format: binary, maxLength: 99}",
         "SendFormRequest.pictures", "request-values-narrowed", "request-values-widened"),
        (HTTP, "multipart/form-data:\n          schema: {$ref: '../schemas/things.yaml#/ThingForm'}\n          encoding: {pictures: {contentType: 'image/png, image/jpeg'}, any: {contentType: '*/*'}}",
         "image/png: {schema: {type: string, format: binary, maxLength: 5}}", "SendFormRequest.name", "request-field-removed", "request-required-field-added"),
        (HTTP, "content: {application/octet-stream: {schema: {type: string, format: binary, maxLength: 5}}}",
         "content: {application/json: {schema: {$ref: '../schemas/things.yaml#/Sent'}}}", "turn_raw", "result-changed", "result-changed"),
    ],
)  # fmt: skip
def test_bytes_are_compared_by_their_types_and_maximum(
    tmp_path: Path, file: str, old: str, new: str, subject: str, rule: str, mirror: str
) -> None:
    before = edited(tmp_path / "old", case="p80_bytes")
    after = edited(tmp_path / "new", (file, old, new), case="p80_bytes")
    for one in (before, after):
        assert not len(one.findings), one.report()
    assert rule in rules(judge(before.contract, after.contract, (), TODAY), subject)
    assert mirror in rules(judge(after.contract, before.contract, (), TODAY), subject)


@pytest.mark.parametrize(
    ("topics", "may_follow", "told"),
    [
        (("things", "things/{thing.id}"), "roles", "event-topic-removed"),
        (("things", "things/{thing.id}", "named/{thing.name}/things", "alerts/{level}"), "roles", "event-topic-added"),
        (("things", "things/{thing.id}", "named/{thing.name}"), "roles", "event-topic-changed"),
        (("things", "things/{thing.id}", "named/{thing.name}/things"), "handler", "topic-opened-by-handler"),
    ],
)
def test_the_topics_of_an_event_and_who_may_follow_them(
    tmp_path: Path, topics: tuple[str, ...], may_follow: str, told: str
) -> None:
    """Of one event alone; back again is the mirror."""
    old = contract_of("p35_topics", tmp_path)
    old = replace(old, topics=tuple(replace(one, may_follow="roles") for one in old.topics))
    events = tuple(replace(one, topics=topics) if one.name == "thing_made" else one for one in old.events)
    changed = tuple(replace(one, may_follow=may_follow if one.name == "things" else "roles") for one in old.topics)
    new = replace(old, events=events, topics=changed)
    there, back = (
        [one.rule for one in [*compare_events(*pair), *compare_topics(*pair)]] for pair in ((old, new), (new, old))
    )
    assert (there, back) == ([told], [RULES[told].mirror])


def test_a_topic_of_which_only_the_last_event_counts_is_another_promise(tmp_path: Path) -> None:
    old = contract_of("p35_topics", tmp_path)
    assert next(one.delivery for one in old.topics if one.name == "things") == "must-deliver"
    new = replace(
        old, topics=tuple(replace(one, delivery="latest") if one.name == "things" else one for one in old.topics)
    )
    assert [one.rule for one in compare_topics(old, new)] == ["topic-conflated"]
    assert [one.rule for one in compare_topics(new, old)] == ["topic-delivered-whole"]


def test_a_filter_that_is_gone_breaks_who_uses_it_and_one_more_breaks_nobody(tmp_path: Path) -> None:
    """In whichever order they stand: a name may have them in any."""
    old = contract_of("p85_filters", tmp_path)
    fields = next(one.filter for one in old.topics if one.name == "things")

    def filtered(*paths: str) -> Contract:
        topics = (replace(one, filter=paths) if one.name == "things" else one for one in old.topics)
        return replace(old, topics=tuple(topics))

    fewer = filtered(*fields[1:])
    assert [one.rule for one in compare_topics(old, fewer)] == ["topic-filter-removed"]
    assert [one.rule for one in compare_topics(fewer, old)] == ["topic-filter-added"]
    assert (RULES["topic-filter-removed"].mirror, RULES["topic-filter-added"].mirror) == (
        "topic-filter-added",
        "topic-filter-removed",
    )
    assert list(compare_topics(old, filtered(*reversed(fields)))) == []


def test_followers_who_heard_of_each_other_and_do_no_more_are_broken(tmp_path: Path) -> None:
    old = contract_of("p35_topics", tmp_path)
    new = replace(
        old, topics=tuple(replace(one, presence="members") if one.name == "things" else one for one in old.topics)
    )
    assert [one.rule for one in compare_topics(old, new)] == ["topic-presence-added"]
    assert [one.rule for one in compare_topics(new, old)] == ["topic-presence-removed"]


def test_from_a_stream_to_one_answer_is_a_break_and_back_too(tmp_path: Path) -> None:
    """For every client, in source and on the wire: one walks what the other waits for."""
    once = (
        (HTTP, "application/x-ndjson: {schema: {$ref: '../schemas/things.yaml#/Thing'}}", "application/json: {schema: {$ref: '../schemas/things.yaml#/Thing'}}"),
        (PACKAGES, "messageTraits/stream_reply", "messageTraits/reply"),
        (PROTO, "(stream Thing)", "(Thing)"),
    )  # fmt: skip
    stream = load(compose("p84_streams", tmp_path / "one")).contract
    answer = edited(tmp_path / "other", *once, case="p84_streams")
    assert not len(answer.findings), answer.report()
    for old, new in ((stream, answer.contract), (answer.contract, stream)):
        found = judge(old, new, (), TODAY)
        assert "result-changed" in rules(found, "watch_things")
        assert found.is_breaking
