"""Run in a project whose feature has names of every kind in JSON, against its real service: `python -m tests.contract.parcels …`.

Arguments: a folder, the URLs of PostgreSQL and of Redis.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from generated.client import AsyncClient, FileContent, errors, models
from generated.proto import parcels_pb2
from tests.doors import all_doors
from tests.node import NODE
from tests.running_service import RunningService

ADDRESS = {"streetName": "Elm Street", "zip-code": None}
PARCEL: dict[str, Any] = {
    "@type": "gift", "delivery-window": "after-noon", "homeAddress": ADDRESS, "size": {"sizeKind": "tube", "innerWidth": 1.5},
    "class": "A", "tagList": ["a", "b"], "weight.grams": {"one": 5}, "sentAt": "2026-01-02T03:04:05Z",
}  # fmt: skip
AT = datetime(2026, 1, 1, tzinfo=UTC)
GIVEN = PARCEL | {"sentAt": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}
"""The same with Python's value of a moment, of which protobuf has no text."""


async def every_door_has_the_names_of_json(service: RunningService, token: str) -> None:
    for door in all_doors(service.url, token):
        async with door:
            sent = await door.call("send_parcel", **GIVEN)
            assert sent.value == PARCEL | {"parcelId": sent.value["parcelId"], "rowVersion": 1}, (door.name, sent)
            number = sent.value["parcelId"]
            assert (await door.call("get_parcel", parcelId=number)).value == sent.value, door.name
            asked: dict[str, Any] = {"@type": "gift", "sentAt[gte]": AT, "tagList": ["b"], "class": "A"}
            assert sent.value in (await door.call("find_parcels", **asked)).value["items"], door.name
            assert (await door.call("find_parcels", **{**asked, "class": "B"})).value["items"] == [], door.name
            address = {"streetName": "Oak Street", "zip-code": "1"}
            changed = await door.call("change_parcel", parcelId=number, homeAddress=address, expectedVersion=1)
            assert changed.value == sent.value | {"homeAddress": address, "rowVersion": 2, "tagList": []}, door.name
            stale = await door.call("change_parcel", parcelId=number, homeAddress=address, expectedVersion=1)
            assert stale.code == "version_mismatch", door.name


async def every_door_refuses_by_the_names_of_json(service: RunningService, token: str) -> None:
    wrong = {
        "@type": "x" * 21, "homeAddress": {"streetName": "", "zip-code": "1" * 9}, "size": {"sizeKind": "box", "edgeLength": 0},
        "class": "x" * 11, "tagList": ["ok", "x" * 11],
    }  # fmt: skip
    at = ["/@type", "/class", "/homeAddress/streetName", "/homeAddress/zip-code", "/size/edgeLength", "/tagList/1"]
    asked = {"@type": "x" * 21, "class": "x" * 11, "tagList": ["x" * 11]}
    for door in all_doors(service.url, token):
        async with door:
            for operation, given, pointers in (
                ("send_parcel", GIVEN | wrong, at),
                ("find_parcels", asked, ["/@type", "/class", "/tagList/0"]),
                ("get_parcel", {"parcelId": 0}, ["/parcelId"]),
                ("change_parcel", {"parcelId": 0, "homeAddress": ADDRESS}, ["/parcelId"]),
            ):
                refused = await door.call(operation, **given)
                told = sorted(_by_member(one["pointer"]) for one in refused.value["errors"])
                assert (refused.code, told) == ("invalid_data", pointers), (door.name, operation, refused)


async def every_door_s_refusal_names_its_object(service: RunningService, token: str) -> None:
    """In the audit row, by the member that the path has."""
    (admin, *_) = all_doors(service.url, token)
    async with admin:
        for number, door in enumerate(all_doors(service.url, token), 770_001):
            async with door:
                refused = await door.call(
                    "change_parcel", parcelId=number, homeAddress={"streetName": "", "zip-code": None}
                )
                assert refused.code == "invalid_data", (door.name, refused)
                page = await admin.call("get_audit_logs", action="change_parcel", per_page=10)
                named = [row["object_id"] for row in page.value["items"]]
                assert str(number) in named, (door.name, named)


def _by_member(pointer: str) -> str:
    """Without the arm of a union, which stands between."""
    return pointer.replace("/size/box/", "/size/")


async def http_has_the_names_of_json_wherever_they_stand(client: httpx2.AsyncClient) -> None:
    """Body, path, query, link, entity tag and form."""
    sent = await client.post("/api/parcels", json=PARCEL)
    number = sent.json()["parcelId"]
    assert (sent.status_code, sent.headers["etag"]) == (201, '"1"')
    assert sent.headers["location"] == f"/api/parcels/{number}"
    details = {"homeAddress": ADDRESS}
    for headers, status in (({"if-match": '"1"'}, 200), ({"if-match": '"1", "2"'}, 200), ({"if-match": '"1"'}, 412)):
        changed = await client.put(f"/api/parcels/{number}", json=details, headers=headers)
        assert changed.status_code == status, changed.text
    assert (await client.get(f"/api/parcels/{number}", headers={"if-none-match": '"3"'})).status_code == 304
    await refused(client.put(f"/api/parcels/{number}", json={**details, "parcelId": 1}), "/parcelId")
    await refused(client.put(f"/api/parcels/{number}", json={"home_address": ADDRESS}), "/homeAddress", "/home_address")
    await refused(client.post("/api/parcels", json=PARCEL | {"parcelId": 1}), "/parcelId")
    await refused(client.get("/api/parcels?type=gift"), "/type")
    await refused(client.get("/api/parcels?class=A&class=B"), "/class")
    await refused(client.get("/api/parcels?sentAt[gte]=never"), "/sentAt[gte]")
    await refused(client.get("/api/parcels/none"), "/parcelId")
    file = ("labelFile", ("l.txt", b"12345", "text/plain"))
    texts = [("labelText", (None, "text")), ("paper-size", (None, "A4"))]
    printed = await client.post("/api/parcels/1/label", files=[*texts, file])
    assert printed.json() == {"labelText": "text", "paper-size": "A4", "byteCount": 5}, printed.text
    other = await client.post("/api/parcels/1/label?labelText=other", files=[*texts, file])
    assert other.json()["labelText"] == "other", other.text
    await refused(client.post("/api/parcels/1/label", files=texts), "/labelFile")
    await refused(client.post("/api/parcels/1/label", files=[("label_text", (None, "text")), file]), "/label_text")
    await refused(client.post("/api/parcels/1/label?labelText=longer", files=[*texts, file]), "/printed_text")


async def refused(call: Any, *pointers: str) -> None:
    answer = await call
    assert answer.status_code == 422, answer.text
    assert sorted(one["pointer"] for one in answer.json()["errors"]) == list(pointers), answer.text


async def a_message_has_the_names_of_code(client: httpx2.AsyncClient) -> None:
    message = parcels_pb2.GetParcelRequest(parcel_id=1)
    asked = parcels_pb2.ChangeParcelRequest(
        parcel_id=1, home_address=parcels_pb2.HomeAddress(street_name="Ash Street"), tag_list=["x"]
    )
    headers = {"content-type": "application/x-protobuf", "accept": "application/x-protobuf"}
    answer = await client.put(f"/api/parcels/{message.parcel_id}", content=asked.SerializeToString(), headers=headers)
    parcel = parcels_pb2.Parcel.FromString(answer.content)
    assert (parcel.home_address.street_name, parcel.type, parcel.parcel_class) == ("Ash Street", "gift", "A")


async def the_python_client_has_the_names_of_code(service: RunningService) -> None:
    async with AsyncClient(service.url, username="admin", password="admin", transport="ws") as client:
        async with client.events(models.ParcelSent) as stream:
            sent = await client.parcels.send(
                type="letter", delivery_window=models.DeliveryWindow.MORNING, parcel_class="B", sent_at=AT,
                home_address=models.HomeAddress(street_name="Elm Street", zip_code=None), size=models.Box(edge_length=3),
            )  # fmt: skip
            async for event in stream:
                if event.data.sent_parcel.parcel_id == sent.parcel_id:
                    break
        assert (event.data.sent_by, event.data.sent_parcel) == ("the sender", sent)
        assert isinstance(sent.size, models.Box)
        assert (sent.parcel_class, sent.home_address.zip_code, sent.size.edge_length) == ("B", None, 3)
        found = await client.parcels.find(sent_at_gte=AT, parcel_class="B")
        assert found.items[-1] == sent
        try:
            await client.parcels.send(
                type="", delivery_window="morning", home_address=sent.home_address, size=sent.size
            )
        except errors.InvalidData as error:
            assert [fault.pointer for fault in error.errors] == ["/@type"]
        else:
            raise AssertionError("an empty type was taken")
        label = await client.parcels.print_label(
            parcel_id=1, label_text="text", paper_size="A4", label_file=FileContent(b"123"), printed_text="more"
        )
        assert (label.label_text, label.paper_size, label.byte_count) == ("more", "A4", 3)


async def the_typescript_client_has_the_names_of_json(service: RunningService) -> None:
    """`tests/contract/parcels.ts`, which Node reads as it is, at each door."""
    for transport, encoding in (("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf")):
        arguments = (str(Path(__file__).with_suffix(".ts")), service.url, transport, encoding)
        process = await asyncio.create_subprocess_exec(str(NODE), "--no-warnings", *arguments)
        assert await asyncio.wait_for(process.wait(), 60) == 0, (transport, encoding)


async def main(folder: str, database_url: str, redis_url: str) -> None:
    with RunningService(Path(folder), database_url, redis_url) as service:
        token = await service.token("admin")
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=30, headers=headers) as client:
            await every_door_has_the_names_of_json(service, token)
            await every_door_refuses_by_the_names_of_json(service, token)
            await every_door_s_refusal_names_its_object(service, token)
            await http_has_the_names_of_json_wherever_they_stand(client)
            await a_message_has_the_names_of_code(client)
        await the_python_client_has_the_names_of_code(service)
        await the_typescript_client_has_the_names_of_json(service)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
