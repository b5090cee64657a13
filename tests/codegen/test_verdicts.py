"""One verdict on a value, whoever gives it: the model by JSON, the model by protobuf, and the schema that is served.

Each is asked in the process that has the generated code, with values at the edges of what each keyword allows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.codegen.compiled import ask, both_ways, compiled

CODE = """
import jsonschema_rs
from google.protobuf import json_format
from hypothesis import given as asked, settings, strategies as st
from pathlib import Path

served = json.loads(Path("generated/specs/openapi.json").read_text())
operation = served["paths"]["/things"]["post"]
body = operation["requestBody"]["content"]["application/json"]["schema"]
validator = jsonschema_rs.validator_for(
    {"$schema": "https://json-schema.org/draft/2020-12/schema", **body, "components": served["components"]},
    validate_formats=True,
)

def accepts(call, *arguments):
    try:
        call(*arguments)
    except (ValueError, KeyError):
        return False
    return True

def verdicts(value):
    message = json_format.ParseDict(value, pb.SendThingRequest())
    return {
        "json": accepts(codec.decode_json, json.dumps(value).encode()),
        "protobuf": accepts(codec.decode_protobuf, message.SerializeToString()),
        "schema": validator.is_valid(value),
    }

def tried(field, strategy, count=300):
    found = {}

    @settings(max_examples=count, deadline=None, database=None, derandomize=True)
    @asked(strategy)
    def differ(value):
        by = verdicts({field: value})
        found.setdefault(by["json"], value)
        assert len(set(by.values())) == 1, (value, by)

    differ()
    return sorted(found)

def of(strategy, edges):
    return st.sampled_from(edges) | strategy

floats = st.floats(allow_nan=False, allow_infinity=False)
hundredths, thousandths = (st.integers(-200, 20000).map(lambda number, by=by: number / by) for by in (100, 1000))
decimals = st.from_regex(r"-?(0|[1-9][0-9]{0,5})([.][0-9]{1,5})?", fullmatch=True)

def few(*values, size=4):
    return st.lists(st.sampled_from(values), max_size=size)

"""
BY_VALUE = """
from generated import scalars

def verdicts_of_a_value(value):
    message = pb.SendThingRequest()
    if "at" in value:
        message.at.FromDatetime(scalars.read_datetime(value["at"]))
    else:
        message.lasts.FromTimedelta(scalars.read_duration(value["lasts"]))
    return [
        accepts(codec.decode_json, json.dumps(value).encode()),
        accepts(codec.decode_protobuf, message.SerializeToString()),
    ]
"""
NUMBERS = """
ratio: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 1}
share: {type: number, minimum: -1, exclusiveMinimum: -2, maximum: 2, exclusiveMaximum: 2}
count: {type: integer, format: int32, exclusiveMinimum: 0, exclusiveMaximum: 100}
wide: {type: integer, format: int64, minimum: 5, exclusiveMinimum: 3, exclusiveMaximum: 9007199254740992}
dozens: {type: integer, format: int32, minimum: -24, maximum: 145, multipleOf: 12}
price: {type: number, multipleOf: 0.01}
halves: {type: number, multipleOf: 0.5, maximum: 4}
cents: {type: string, format: decimal, multipleOf: 0.01}
whole: {type: string, format: decimal, multipleOf: 1}
hundreds: {type: string, format: decimal, multipleOf: 100}
tags: {type: array, maxItems: 3, uniqueItems: true, items: {type: string}, default: []}
counts: {type: array, uniqueItems: true, items: {type: integer, format: int32}, default: []}
sizes: {type: array, uniqueItems: true, items: {type: number}, default: []}
flags: {type: array, uniqueItems: true, items: {type: boolean}, default: []}
days: {type: array, uniqueItems: true, items: {type: string, format: date}, default: []}
moments: {type: array, uniqueItems: true, items: {type: string, format: date-time}, default: []}
keys: {type: array, uniqueItems: true, items: {type: string, format: uuid}, default: []}
prices: {type: array, uniqueItems: true, items: {type: string, format: decimal}, default: []}
parts: {type: array, uniqueItems: true, items: {$ref: '#/Part'}, default: []}
"""
PART = """
Part:
  type: object
  required: [size, notes]
  properties:
    size: {type: number}
    name: {type: string, default: some}
    notes: {type: object, additionalProperties: {type: number}}
    sub: {$ref: '#/Part'}
"""
SHAPED = r"""
amount: {type: string, format: decimal, maxLength: 6, pattern: '^[0-9]+\.[0-9]{2}$'}
round: {type: string, format: decimal, pattern: '5', multipleOf: 10}
code: {type: string, format: uuid, pattern: '^[^A-F]*$'}
month: {type: string, format: date, pattern: '-01$'}
at: {type: string, format: date-time, pattern: 'Z$', maxLength: 20}
lasts: {type: string, format: duration, minLength: 5}
days: {type: array, minItems: 1, maxItems: 2, items: {type: string, format: date, pattern: '^2024'}, default: ['2024-01-01']}
mail: {type: string, format: email, minLength: 6, maxLength: 12, pattern: '^[a-z@.]*$'}
address: {type: string, format: email}
link: {type: string, format: uri, pattern: '^https:'}
any_link: {type: string, format: uri}
place: {type: string, format: uri-reference}
host: {type: string, format: hostname}
four: {type: string, format: ipv4}
six: {type: string, format: ipv6}
clock: {type: string, format: time}
secret: {type: string, format: password, minLength: 3}
"""
HOSTS = "'a', 'a.b', 'a..b', '-a', 'a-', 'a_b', 'x' * 63, 'x' * 64, '', 'ö.de', 'xn--nxasmq6b', 'xn--X', '1.2.3.4', '.'.join(['x' * 60] * 5), 'A.B'"
FORMED = {
    "amount": "of(decimals, ['1.50', '1.5', '999.99', '1000.00', '-1.00', '0.00', '1.500'])",
    "round": "of(decimals, ['50', '5', '500.0', '10', '150', '-50'])",
    "code": "st.sampled_from([key, key.upper(), '', 'x', key[:-1], '{' + key + '}'])",
    "month": "st.sampled_from(['2024-01-01', '2024-01-02', '2023-02-29', '24-01-01', ''])",
    "days": "few('2024-02-29', '2023-02-28', size=3).filter(bool)",
    "mail": "st.sampled_from(['a@b.cd', 'a@b.c', 'abcdef@gh.ij', 'abcdefg@hi.jk', 'A@b.cd', 'a b@c.d', '@b.cde', ''])",
    "address": "st.sampled_from([f'a@{host}' for host in ("
    + HOSTS
    + ")] + ['a' * 64 + '@b.c', 'a' * 65 + '@b.c', 'a..b@c.d', '.a@c.d', 'a+b@c.d', 'ä@b.c', 'a@[127.0.0.1]', 'a', 'a@b.c' + chr(10), chr(0) + '@b.c'])",
    "link": "st.sampled_from(['https://a', 'http://a', 'https:', 'https://a b', 'https', ''])",
    "any_link": "st.sampled_from(['http://a', 'a', '//a', 'urn:x', 'mailto:a@b.c', 'http://ä', 'http://a/%zz', 'http://[::1]:80/', '1http://a', 'http://a/{x}', ''])",
    "place": "st.sampled_from(['', '/a', 'a b', '#x', '?x', '//', '1:b', '%zz', 'a\\b', 'http://a', chr(0)])",
    "host": "st.sampled_from([" + HOSTS + "])",
    "four": "st.sampled_from(['1.2.3.4', '01.2.3.4', '256.1.1.1', '1.2.3', '1.2.3.4 ', '٣.1.1.1', '0.0.0.0', ''])",
    "six": "st.sampled_from(['::', '::1', '1::2::3', '::ffff:1.2.3.4', 'fe80::1%eth0', '12345::', '1:2:3:4:5:6:7:8', ''])",
    "clock": "st.sampled_from(['12:00:00Z', '12:00:00', '12:00:00+01:00', '12:00:60Z', '23:59:60Z', '24:00:00Z', '12:00:00.5z', '12:00:00+0100', ''])",
    "secret": "st.sampled_from(['abc', 'ab', 'äöü', chr(0) * 3])",
}
TRIED = {
    "ratio": "of(floats, [0, -0.0, 5e-324, 1, 0.9999999999999999, 1.0000000000000002])",
    "share": "of(floats, [-1, -2, -1.0000000000000002, 2, 1.9999999999999998])",
    "count": "st.integers(-1, 101)",
    "wide": "of(st.integers(0, 9), [2**53, 2**53 - 1])",
    "dozens": "of(st.integers(-40, 160), [-24, -12, 0, 144, 145])",
    "price": "of(hundredths | thousandths | floats, [0.29, 19.99, 4.35, 1e300, 1e16, -0.0, 5e-324, 0.1 + 0.2])",
    "halves": "of(hundredths | floats, [0.5, 4, 4.5, -1e15 - 0.5])",
    "cents": "of(decimals, ['0.00', '-0', '1.500', '1.005', '0.010', '9' * 28 + '.' + '0' * 27 + '1', '9' * 28 + '.1'])",
    "whole": "of(decimals, ['0.0', '1.0', '1.01', '-7', '0.10'])",
    "hundreds": "of(decimals, ['0', '100', '100.0', '1000', '10', '1100.01', '0.00', '1', '-500'])",
    "tags": "few('', 'a', 'A', 'ä', 'a\\u0308', size=5)",
    "counts": "few(0, 1, -1, 2147483647)",
    "sizes": "few(0, -0.0, 0.0, 1, 1.0, 1e22, 0.1)",
    "flags": "few(True, False)",
    "days": "few('2024-02-29', '2024-03-01')",
    "moments": "few('2024-02-29T12:30:45Z', '2024-02-29T12:30:46Z')",
    "keys": "few('0f8fad5b-d9cb-469f-a165-70867728950e', '0f8fad5b-d9cb-469f-a165-70867728950f')",
    "prices": "few('1', '2', '12345678901234567890.12345678901', '12345678901234567890.12345678902')",
    "parts": (
        "st.lists(st.fixed_dictionaries({'size': st.sampled_from([1, 1.0, 2]), 'name': st.sampled_from('ab'),"
        " 'notes': st.sampled_from([{}, {'a': 1, 'b': 2}, {'b': 2.0, 'a': 1}, {'a': 2, 'b': 1}])}), max_size=3)"
    ),
}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = compiled(tmp_path_factory.mktemp("texts"), both_ways(SHAPED))
    assert folder is not None
    return folder


def test_a_form_and_what_stands_beside_it_is_judged_alike(texts: Path) -> None:
    code = "\n".join(f"answer[{name!r}] = tried({name!r}, {strategy})" for name, strategy in FORMED.items())
    key = "key = '0f8fad5b-d9cb-469f-a165-70867728950e'"
    assert ask(texts, f"{CODE}\nanswer = {{}}\n{key}\n{code}") == {name: [False, True] for name in FORMED}


@pytest.mark.parametrize(
    ("value", "json", "protobuf"),
    [
        ({"at": "2024-01-01T00:00:00Z"}, True, True),
        ({"at": "2024-01-01T00:00:00z"}, False, True),
        ({"at": "2024-01-01T01:00:00+01:00"}, False, True),
        ({"at": "2024-01-01T00:00:00.5Z"}, False, False),
        ({"at": "2024-01-01T00:00:00.000Z"}, False, True),
        ({"lasts": "PT1M0S"}, True, True),
        ({"lasts": "PT60S"}, True, True),
        ({"lasts": "PT1S"}, False, False),
        ({"lasts": "PT1.0S"}, False, False),
    ],
)
def test_what_protobuf_carries_as_a_value_is_judged_by_the_text_that_is_answered(
    texts: Path, value: dict[str, Any], json: bool, protobuf: bool
) -> None:
    """JSON asks for it of the text that came, too: so the values that the doors take are the same ones."""
    assert ask(texts, f"{CODE}{BY_VALUE}\nanswer = verdicts_of_a_value(given)", value) == [json, protobuf]


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = compiled(tmp_path_factory.mktemp("numbers"), both_ways(NUMBERS, PART))
    assert folder is not None
    return folder


def test_bounds_multiples_and_different_items_are_judged_alike(numbers: Path) -> None:
    """Each field is refused at least once, and accepted at least once, by all or by none."""
    code = "\n".join(f"answer[{name!r}] = tried({name!r}, {strategy})" for name, strategy in TRIED.items())
    assert ask(numbers, f"{CODE}\nanswer = {{}}\n{code}") == {name: [False, True] for name in TRIED}


@pytest.mark.parametrize(
    "value",
    [
        {"moments": ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00"]},
        {"moments": ["2024-01-01T00:00:00.0000001Z", "2024-01-01T00:00:00Z"]},
        {"keys": ["0f8fad5b-d9cb-469f-a165-70867728950e", "0F8FAD5B-D9CB-469F-A165-70867728950E"]},
        {"prices": ["1.0", "1.00"]},
        {"prices": ["0", "-0"]},
        {"parts": [{"size": 1, "notes": {}}, {"size": 1, "notes": {}, "name": "some"}]},
        {"parts": [{"size": 1, "notes": {}, "sub": {"size": 1, "notes": {}}}] * 2},
    ],
)
def test_items_are_the_same_by_what_they_mean_at_both_encodings(numbers: Path, value: dict[str, Any]) -> None:
    found = ask(numbers, f"{CODE}\nanswer = verdicts(given)", value)
    assert (found["json"], found["protobuf"]) == (False, False)


def test_many_items_that_nearly_meet_are_judged_in_time(numbers: Path) -> None:
    """Numbers whose hashes are equal, which a caller can find: decimals that differ by multiples of 2**61 - 1."""
    code = """
import time
items = [str(number * (2**61 - 1)) for number in range(1, 20001)]
started = time.perf_counter()
answer = [accepts(codec.decode_json, json.dumps({"prices": items}).encode()), time.perf_counter() - started < 5]
"""
    assert ask(numbers, CODE + code) == [True, True]
