"""What a person tries in the console: a call on each way, its answer in each form, and mistakes where they were made."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.console.visits import MARKS, Visit
from tests.running_service import RunningService

pytestmark = MARKS
WAYS = ["REST · JSON", "REST · protobuf", "WebSocket · JSON", "WebSocket · protobuf"]


@pytest.mark.parametrize("way", WAYS)
async def test_an_operation_is_called_on_every_way(console: Visit, way: str) -> None:
    """A date, a null and a text go there and come back, and the bytes of protobuf stand beside their meaning."""
    name = f"Ada {uuid4()}"
    await console.open("#/operation/create_artist")
    await console.log_in()
    await console.page.get_by_label("name", exact=True).fill(name)
    await console.page.get_by_role("button", name="+ born_on").click()
    await console.page.get_by_label("born_on", exact=True).fill("1815-12-10")
    await console.page.get_by_role("button", name="+ bio").click()
    await console.page.get_by_label("null for bio").check()
    await console.send(way)
    await expect(console.answer).to_contain_text("201" if "REST" in way else "OK")
    await expect(console.answer).to_contain_text(re.compile(r"\d\.\d ms"))
    body = console.answer.get_by_label("The answer", exact=True)
    await expect(body).to_contain_text(f'"name": "{name}"')
    await expect(body).to_contain_text('"born_on": "1815-12-10"')
    await expect(body).to_contain_text('"bio": null')
    await console.answer.get_by_role("tab", name="As received").click()
    if "protobuf" in way:
        row = console.answer.get_by_role("row", name="2: name")
        await expect(row).to_contain_text("12 28 41 64 61")
    else:
        await expect(console.answer).to_contain_text(name)


async def test_without_a_token_the_refusal_is_shown(console: Visit) -> None:
    await console.open("#/operation/get_artists")
    await expect(console.page.get_by_text("It asks for a token")).to_be_visible()
    await console.send()
    await expect(console.answer.get_by_role("alert")).to_contain_text("unauthenticated")
    await console.answer.get_by_role("tab", name="Headers").click()
    await expect(console.answer.get_by_role("row", name="www-authenticate")).to_be_visible()


async def test_a_token_that_is_pasted_is_used_and_is_not_shown(console: Visit, service: RunningService) -> None:
    token = await service.token("admin")
    await console.open("#/operation/get_artists")
    await console.page.get_by_role("button", name="Log in").click()
    await console.page.get_by_text("Paste a token instead").click()
    await console.page.get_by_label("Access token").fill(token)
    await console.page.get_by_role("button", name="Use it").click()
    await console.send()
    await expect(console.answer).to_contain_text("200")
    await console.answer.get_by_role("tab", name="As sent").click()
    row = console.answer.get_by_role("row", name="authorization")
    assert token not in await row.inner_text()


async def test_a_mistake_is_shown_at_its_field_before_and_after_it_is_sent(console: Visit) -> None:
    await console.open("#/operation/create_artist")
    await console.log_in()
    field = console.page.get_by_label("name", exact=True)
    await field.fill("")
    await expect(console.page.get_by_text("It must not be empty.")).to_be_visible()
    assert await field.get_attribute("aria-invalid") == "true"
    await console.send()
    alert = console.answer.get_by_role("alert")
    await expect(alert).to_contain_text("invalid_data")
    await expect(alert).to_contain_text("/name")
    await field.fill("Right")
    await expect(console.page.get_by_text("It must not be empty.")).to_have_count(0)


async def test_what_only_the_service_knows_to_be_wrong_is_shown_at_the_field_too(console: Visit) -> None:
    """A day that the calendar does not have keeps the form of a date."""
    await console.open("#/operation/create_artist")
    await console.log_in()
    await console.page.get_by_role("tab", name="JSON").click()
    await console.page.get_by_label("Request as JSON").fill('{"name": "Ada", "born_on": "2023-02-30"}')
    await console.send()
    await console.page.get_by_role("tab", name="Form").click()
    wrong = console.page.locator(".form-field.wrong")
    await expect(wrong).to_contain_text("born_on")


async def test_form_and_json_are_one_value(console: Visit) -> None:
    await console.open("#/operation/update_artist")
    await console.page.get_by_label("name", exact=True).fill("From the form")
    await console.page.get_by_role("tab", name="JSON").click()
    text = console.page.get_by_label("Request as JSON")
    assert '"name": "From the form"' in await text.input_value()
    await text.fill('{"artist_id": 7, "name": "From the text", "strange": 1}')
    await expect(console.page.get_by_text("The contract has no such field.")).to_be_visible()
    await text.fill('{"artist_id": 7, ')
    await expect(console.page.get_by_role("alert")).to_be_visible()
    await text.fill('{"artist_id": 7, "name": "From the text"}')
    await console.page.get_by_role("button", name="bio", exact=True).click()
    await expect(text).to_have_value(re.compile('"bio"'))
    await console.page.get_by_role("tab", name="Form").click()
    await expect(console.page.get_by_label("name", exact=True)).to_have_value("From the text")
    await expect(console.page.get_by_label("artist_id", exact=True)).to_have_value("7")


async def test_all_doors_are_compared(console: Visit) -> None:
    await console.open("#/operation/get_artists")
    await console.log_in()
    await console.page.get_by_role("button", name="All four doors").click()
    await expect(console.page.get_by_text("All 4 doors answer the same.")).to_be_visible()
    comparison = console.page.get_by_role("region", name="Comparison")
    for way in WAYS:
        await comparison.get_by_role("button", name=way).click()
        await expect(console.answer).to_contain_text(way)


async def test_logging_in_with_a_wrong_password_says_so(console: Visit) -> None:
    await console.open()
    await console.page.get_by_role("button", name="Log in").click()
    await console.page.get_by_label("User name").fill("editor")
    await console.page.get_by_label("Password").fill("wrong")
    dialog = console.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Log in").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("The credentials are wrong")


async def test_the_audit_row_of_a_call_is_found_by_its_trace(console: Visit) -> None:
    await console.open("#/operation/create_artist")
    await console.log_in("admin")
    await console.page.get_by_label("name", exact=True).fill(f"Audited {uuid4()}")
    await console.send()
    row = console.page.get_by_label("The audit row", exact=True)
    for _ in range(20):
        await console.answer.get_by_role("button", name="Audit row").click()
        await expect(console.answer.get_by_text("Looking…")).to_have_count(0)
        if await row.count():
            break
    await expect(row).to_contain_text('"action": "create_artist"')
