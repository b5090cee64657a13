"""The console is of any contract: those of the compiler's tests are put in the place of the service's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from codegen.ir.operations import Contract
from codegen.pipeline import build, load
from tests.codegen.compiled import both_ways, contract_with
from tests.codegen.contracts import CORPUS, compose
from tests.console.visits import MARKS, Visit
from tests.node import install

pytestmark = MARKS
FIELDS = """
shape: {$ref: '#/Shape'}
tags: {type: array, items: {type: string, maxLength: 9}, maxItems: 5, default: []}
counts: {type: object, additionalProperties: {type: integer, format: int32}, default: {}}
data: {type: string, contentEncoding: base64}
at: {type: string, format: date-time}
wide: {type: integer, format: int64}
note: {type: [string, 'null'], examples: [as an example], default: null}
colour: {$ref: '#/Colour'}
bright: {type: boolean}
"""
SHAPES = """
Colour: {type: string, enum: [red, green]}
Shape: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}]}
Circle:
  type: object
  required: [kind, radius]
  properties:
    kind: {type: string, const: circle}
    radius: {type: number}
Square:
  type: object
  required: [kind, side]
  properties:
    kind: {type: string, const: square}
    side: {type: integer, format: int32}
"""


async def put(console: Visit, contract: Contract) -> None:
    """From now on these are the documents that are served; a contract without a socket has fewer."""
    documents = {
        file.path.removeprefix("specs/"): file.data for file in build(contract) if file.path.startswith("specs/")
    }

    async def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        found = documents.get(name)
        await route.fulfill(status=404 if found is None else 200, body=found or b"", content_type="application/json")

    await console.page.route(re.compile(r"/(openapi|asyncapi|client)\.json$"), answer)


@pytest.mark.parametrize("name", sorted(one.name for one in CORPUS.iterdir()))
async def test_every_page_of_a_realistic_contract_is_drawn(console: Visit, name: str, tmp_path: Path) -> None:
    """Each operation has its form, the call in every language, and nothing that the browser complains of."""
    install()
    contract = load(compose(name, tmp_path, CORPUS)).contract
    await put(console, contract)
    await console.open()
    await console.clean()
    for operation in contract.operations:
        await console.page.goto(f"{console.url}/#/operation/{operation.name}")
        await expect(console.page.get_by_role("heading", level=1)).to_contain_text(operation.name)
        await console.page.get_by_role("tab", name="JSON", exact=True).click()
        json.loads(await console.page.get_by_label("Request as JSON").input_value())
    for event in contract.events:
        await console.page.goto(f"{console.url}/#/event/{event.name}")
        await expect(console.page.get_by_role("heading", level=1)).to_contain_text(event.name)


async def test_a_form_has_unions_lists_maps_bytes_and_null(console: Visit, tmp_path: Path) -> None:
    """And what it makes goes over the wire in protobuf as its fields, each beside its meaning."""
    contract = contract_with(tmp_path, both_ways(FIELDS, SHAPES, "shape"))
    await put(console, contract)
    await console.open("#/operation/send_thing")
    page = console.page
    await page.get_by_label("Kind of shape").select_option(label="square")
    await page.get_by_label("side", exact=True).fill("4")
    for name in ("tags", "counts", "data", "wide", "note", "colour", "bright", "at"):
        await page.get_by_role("button", name=f"+ {name}", exact=True).click()
    await page.get_by_role("button", name="+ item").click()
    await page.get_by_label("tags 1", exact=True).fill("far too long")
    await expect(page.get_by_text("At most 9 characters are allowed.")).to_be_visible()
    await page.get_by_label("tags 1", exact=True).fill("one")
    await page.get_by_role("button", name="+ entry").click()
    await page.get_by_label("Key 1 of counts").fill("two")
    await page.get_by_label("Key 1 of counts").press("Tab")
    await page.get_by_label("counts two", exact=True).fill("2")
    await page.get_by_label("data from a file").set_input_files({"name": "x", "mimeType": "a/b", "buffer": b"\x01\x02"})
    await page.get_by_label("wide", exact=True).fill("9007199254740993")
    await page.get_by_label("null for note").check()
    await page.get_by_label("colour", exact=True).select_option(label="green")
    await page.get_by_label("bright", exact=True).select_option(label="true")
    await expect(page.locator(".problem")).to_have_count(0)
    await page.get_by_role("tab", name="JSON", exact=True).click()
    assert json.loads(await page.get_by_label("Request as JSON").input_value()) == {
        "shape": {"kind": "square", "side": 4}, "tags": ["one"], "counts": {"two": 2}, "data": "AQI=",
        "wide": 9007199254740993, "note": None, "colour": "green", "bright": True, "at": "2024-05-17T09:30:00Z",
    }  # fmt: skip
    await console.send("REST · protobuf")
    await console.answer.get_by_role("tab", name="As sent").click()
    for row, meaning in (
        ("side", "4"),
        ("tags", '"one"'),
        ("wide", "9007199254740993"),
        ("colour", "green"),
        ("bright", "true"),
    ):
        await expect(console.answer.get_by_role("row", name=re.compile(rf"\d: {row}\b")).last).to_contain_text(meaning)


async def test_an_example_of_the_contract_is_shown_and_filled_in(console: Visit, tmp_path: Path) -> None:
    await put(console, contract_with(tmp_path, both_ways(FIELDS, SHAPES, "shape")))
    await console.open("#/operation/send_thing")
    await expect(console.page.get_by_text("for example").first).to_be_visible()
    await console.page.get_by_role("button", name="+ note", exact=True).click()
    await expect(console.page.get_by_label("note", exact=True)).to_have_value("as an example")


async def test_the_json_is_completed_where_the_cursor_is(console: Visit, tmp_path: Path) -> None:
    """In a union the fields of its arm, at an enum its values, else the fields of the record around."""
    await put(console, contract_with(tmp_path, both_ways(FIELDS, SHAPES, "shape")))
    await console.open("#/operation/send_thing")
    await console.page.get_by_role("tab", name="JSON", exact=True).click()
    text = console.page.get_by_label("Request as JSON")
    await text.fill('{"colour": "red", "shape": {"kind": "square"}}')
    await expect(text).to_be_focused()
    offered = console.page.locator(".completions")
    for key, count in (("Home", 1), ("ArrowRight", 12)):
        for _ in range(count):
            await text.press(key)
    await expect(offered.get_by_role("button")).to_have_text(["green"])
    await offered.get_by_role("button", name="green").click()
    await text.fill('{"colour": "green", "shape": {"kind": "square"}}')
    for _ in range(2):
        await text.press("ArrowLeft")
    await expect(offered).to_contain_text("At shape")
    await offered.get_by_role("button", name="side").click()
    await expect(text).to_have_value(re.compile('"side": '))


async def test_what_is_typed_right_after_a_completion_stays(console: Visit, tmp_path: Path) -> None:
    """Before the page has been painted: a slow machine gives a person that time."""
    await put(console, contract_with(tmp_path, both_ways(FIELDS, SHAPES, "shape")))
    await console.open("#/operation/send_thing")
    await console.page.get_by_role("tab", name="JSON", exact=True).click()
    text, typed = console.page.get_by_label("Request as JSON"), '{"colour": "green"}'
    await text.fill('{"colour": "red"}')
    for key in ("Home", *["ArrowRight"] * 12):
        await text.press(key)
    await expect(console.page.locator(".completions")).to_contain_text("green")
    await console.page.evaluate(
        """(typed) => new Promise((done) => {
            const text = document.querySelector("textarea.json");
            const write = (_, observer) => {
                observer.disconnect();
                text.value = typed;
                text.dispatchEvent(new Event("input", { bubbles: true }));
                requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)));
            };
            new MutationObserver(write).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
            [...document.querySelectorAll(".completions button")].find((one) => one.textContent === "green").click();
        })""",
        typed,
    )
    await expect(text).to_have_value(typed)
