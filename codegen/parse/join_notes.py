"""What the two doors say of one operation to readers, as one."""

from __future__ import annotations

from dataclasses import replace

from codegen.ir.notes import Notes
from codegen.ir.types import Field
from codegen.parse.asyncapi import SocketOperation
from codegen.parse.http_operation import HttpOperation


def request_notes(http: HttpOperation | None, socket: SocketOperation | None) -> Notes:
    """Of the schema that has the whole request."""
    if socket is not None:
        return socket.payload_notes
    return http.body_notes if http and http.http and not http.http.parameters else Notes()


def noted(one: Field, http: HttpOperation | None) -> Field:
    """A parameter of HTTP may say more of a field than the payload does."""
    theirs = http.fields.get(one.name) if http else None
    return replace(one, notes=theirs.notes) if theirs and one.notes == Notes() else one


def joined_notes(http: HttpOperation | None, socket: SocketOperation | None) -> Notes:
    said = [one.notes for one in (http, socket) if one]
    tags = tuple(dict.fromkeys(tag for one in said for tag in one.tags))
    return Notes(tags=tags, external_docs=next((one.external_docs for one in said if one.external_docs), None))
