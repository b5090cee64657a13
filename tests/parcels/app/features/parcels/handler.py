"""What the parcel operations do; parcels live as long as the process."""

from __future__ import annotations

import msgspec
from typing_extensions import override

from app.execution.context import Context
from generated import models
from generated.errors import ArtistNotFound, VersionMismatch
from generated.handlers import ParcelsHandler
from generated.results import Box, HomeAddress, Label, Parcel, ParcelList, ParcelSent, Tube


class Parcels(ParcelsHandler[Context]):
    def __init__(self) -> None:
        self._sent: dict[int, Parcel] = {}

    @override
    async def find_parcels(self, context: Context, request: models.FindParcelsRequest) -> ParcelList:
        return ParcelList(items=[one for one in self._sent.values() if _matches(one, request)])

    @override
    async def send_parcel(self, context: Context, request: models.SendParcelRequest) -> Parcel:
        size = request.size
        parcel = Parcel(
            parcel_id=len(self._sent) + 1,
            type=request.type,
            delivery_window=request.delivery_window,
            home_address=_address(request.home_address),
            size=Box(edge_length=size.edge_length)
            if isinstance(size, models.Box)
            else Tube(inner_width=size.inner_width),
            tag_list=request.tag_list,
            weight_grams=request.weight_grams,
            row_version=1,
        )
        if request.parcel_class is not None:
            parcel.parcel_class = request.parcel_class
        if request.sent_at is not None:
            parcel.sent_at = request.sent_at
        self._sent[parcel.parcel_id] = parcel
        context.publish(ParcelSent(sent_parcel=parcel, sent_by="the sender"))
        return parcel

    @override
    async def get_parcel(self, context: Context, request: models.GetParcelRequest) -> Parcel:
        return self._found(request.parcel_id)

    @override
    async def change_parcel(self, context: Context, request: models.ChangeParcelRequest) -> Parcel:
        parcel = self._found(request.parcel_id)
        if request.expected_version not in (None, parcel.row_version):
            raise VersionMismatch
        parcel.home_address, parcel.tag_list = _address(request.home_address), request.tag_list
        parcel.row_version += 1
        return parcel

    @override
    async def print_label(self, context: Context, request: models.PrintLabelRequest) -> Label:
        label = Label(label_text=request.printed_text or request.label_text, byte_count=request.label_file.length)
        if request.paper_size is not None:
            label.paper_size = request.paper_size
        return label

    def _found(self, number: int) -> Parcel:
        if number not in self._sent:
            raise ArtistNotFound
        return self._sent[number]


def _address(given: models.HomeAddress) -> HomeAddress:
    return HomeAddress(street_name=given.street_name, zip_code=given.zip_code)


def _matches(parcel: Parcel, request: models.FindParcelsRequest) -> bool:
    since, sent = request.sent_at_gte, parcel.sent_at
    return (
        request.type in (None, parcel.type)
        and request.parcel_class in (None, parcel.parcel_class)
        and set(request.tag_list) <= set(parcel.tag_list)
        and (since is None or (not isinstance(sent, msgspec.UnsetType) and sent >= since))
    )
