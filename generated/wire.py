"""Values to bytes and back, directly. Generated; do not edit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from generated import checks, models, results
from generated.bindings import Codec, EventCodec
from generated.enums import AuditDoor, AuditOutcome, HealthStatus
from generated.operations import EVENTS, Event
from generated.proto import audit_log_pb2, auth_pb2, authors_pb2, books_pb2, envelope_pb2, system_pb2
from generated.proto.envelope_pb2 import PageMeta
from generated.scalars import EPOCH, fault_of_nothing, moment_of

_AUDIT_DOOR_TO_PROTO: dict[AuditDoor, audit_log_pb2.AuditDoor.ValueType] = {
    AuditDoor.HTTP: audit_log_pb2.AUDIT_DOOR_HTTP,
    AuditDoor.WEBSOCKET: audit_log_pb2.AUDIT_DOOR_WEBSOCKET,
    AuditDoor.COMMAND: audit_log_pb2.AUDIT_DOOR_COMMAND,
}
_AUDIT_DOOR_FROM_PROTO = {number: member for member, number in _AUDIT_DOOR_TO_PROTO.items()}


def write_audit_log(message: audit_log_pb2.AuditLog, value: results.AuditLog) -> None:
    message.id = value.id
    since = value.at - EPOCH
    timestamp = message.at
    timestamp.seconds = since.days * 86400 + since.seconds
    timestamp.nanos = since.microseconds * 1000
    if value.username is not None:
        message.username = value.username
    if value.subject is not None:
        message.subject = value.subject
    message.roles.extend(value.roles)
    message.action = value.action
    message.outcome = _AUDIT_OUTCOME_TO_PROTO[value.outcome]
    if value.code is not None:
        message.code = value.code
    message.door = _AUDIT_DOOR_TO_PROTO[value.door]
    if value.object_id is not None:
        message.object_id = value.object_id
    if value.ip is not None:
        message.ip = value.ip
    if value.user_agent is not None:
        message.user_agent = value.user_agent
    message.trace_id = value.trace_id
    message.duration_ms = value.duration_ms
    if value.sid is not None:
        message.sid = value.sid
    if value.reason is not None:
        message.reason = value.reason
    for key, data_item in value.data.items():
        message.data[key] = data_item
    message.altered = value.altered


def read_audit_log(message: audit_log_pb2.AuditLog) -> results.AuditLog:
    return results.AuditLog(
        id=message.id,
        at=moment_of(message.at),
        username=message.username if message.HasField("username") else None,
        subject=message.subject if message.HasField("subject") else None,
        roles=list(message.roles),
        action=message.action,
        outcome=_AUDIT_OUTCOME_FROM_PROTO[message.outcome],
        code=message.code if message.HasField("code") else None,
        door=_AUDIT_DOOR_FROM_PROTO[message.door],
        object_id=message.object_id if message.HasField("object_id") else None,
        ip=message.ip if message.HasField("ip") else None,
        user_agent=message.user_agent if message.HasField("user_agent") else None,
        trace_id=message.trace_id,
        duration_ms=message.duration_ms,
        sid=message.sid if message.HasField("sid") else None,
        reason=message.reason if message.HasField("reason") else None,
        data=dict(message.data),
        altered=message.altered,
    )


def write_audit_log_page(message: audit_log_pb2.AuditLogPage, value: results.AuditLogPage) -> None:
    for items_item in value.items:
        write_audit_log(message.items.add(), items_item)
    write_page_meta(message.meta, value.meta)


def read_audit_log_page(message: audit_log_pb2.AuditLogPage) -> results.AuditLogPage:
    return results.AuditLogPage(
        items=[read_audit_log(item) for item in message.items], meta=read_page_meta(message.meta)
    )


_AUDIT_OUTCOME_TO_PROTO: dict[AuditOutcome, audit_log_pb2.AuditOutcome.ValueType] = {
    AuditOutcome.SUCCESS: audit_log_pb2.AUDIT_OUTCOME_SUCCESS,
    AuditOutcome.DENIED: audit_log_pb2.AUDIT_OUTCOME_DENIED,
    AuditOutcome.ERROR: audit_log_pb2.AUDIT_OUTCOME_ERROR,
}
_AUDIT_OUTCOME_FROM_PROTO = {number: member for member, number in _AUDIT_OUTCOME_TO_PROTO.items()}


def write_author(message: authors_pb2.Author, value: results.Author) -> None:
    message.id = value.id
    message.name = value.name
    if value.bio is not None:
        message.bio = value.bio
    if value.born_on is not None:
        message.born_on = value.born_on.isoformat()
    since = value.created_at - EPOCH
    timestamp = message.created_at
    timestamp.seconds = since.days * 86400 + since.seconds
    timestamp.nanos = since.microseconds * 1000
    since = value.updated_at - EPOCH
    timestamp = message.updated_at
    timestamp.seconds = since.days * 86400 + since.seconds
    timestamp.nanos = since.microseconds * 1000
    message.version = value.version


def read_author(message: authors_pb2.Author) -> results.Author:
    return results.Author(
        id=message.id,
        name=message.name,
        bio=message.bio if message.HasField("bio") else None,
        born_on=date.fromisoformat(message.born_on) if message.HasField("born_on") else None,
        created_at=moment_of(message.created_at),
        updated_at=moment_of(message.updated_at),
        version=message.version,
    )


def write_author_created(message: authors_pb2.AuthorCreated, value: results.AuthorCreated) -> None:
    write_author(message.author, value.author)


def read_author_created(message: authors_pb2.AuthorCreated) -> results.AuthorCreated:
    return results.AuthorCreated(author=read_author(message.author))


def write_author_deleted(message: authors_pb2.AuthorDeleted, value: results.AuthorDeleted) -> None:
    write_author(message.author, value.author)


def read_author_deleted(message: authors_pb2.AuthorDeleted) -> results.AuthorDeleted:
    return results.AuthorDeleted(author=read_author(message.author))


def write_author_list(message: authors_pb2.AuthorList, value: results.AuthorList) -> None:
    for items_item in value.items:
        write_author(message.items.add(), items_item)
    write_page_meta(message.meta, value.meta)


def read_author_list(message: authors_pb2.AuthorList) -> results.AuthorList:
    return results.AuthorList(items=[read_author(item) for item in message.items], meta=read_page_meta(message.meta))


def write_author_page(message: authors_pb2.AuthorPage, value: results.AuthorPage) -> None:
    for items_item in value.items:
        write_author(message.items.add(), items_item)
    write_page_meta(message.meta, value.meta)


def read_author_page(message: authors_pb2.AuthorPage) -> results.AuthorPage:
    return results.AuthorPage(items=[read_author(item) for item in message.items], meta=read_page_meta(message.meta))


def write_author_summary(message: authors_pb2.AuthorSummary, value: results.AuthorSummary) -> None:
    message.id = value.id
    message.name = value.name


def read_author_summary(message: authors_pb2.AuthorSummary) -> results.AuthorSummary:
    return results.AuthorSummary(id=message.id, name=message.name)


def write_author_updated(message: authors_pb2.AuthorUpdated, value: results.AuthorUpdated) -> None:
    write_author(message.author, value.author)


def read_author_updated(message: authors_pb2.AuthorUpdated) -> results.AuthorUpdated:
    return results.AuthorUpdated(author=read_author(message.author))


def write_book(message: books_pb2.Book, value: results.Book) -> None:
    message.id = value.id
    message.title = value.title
    write_author_summary(message.author, value.author)
    if value.published_on is not None:
        message.published_on = value.published_on.isoformat()
    since = value.created_at - EPOCH
    timestamp = message.created_at
    timestamp.seconds = since.days * 86400 + since.seconds
    timestamp.nanos = since.microseconds * 1000
    since = value.updated_at - EPOCH
    timestamp = message.updated_at
    timestamp.seconds = since.days * 86400 + since.seconds
    timestamp.nanos = since.microseconds * 1000
    message.version = value.version


def read_book(message: books_pb2.Book) -> results.Book:
    return results.Book(
        id=message.id,
        title=message.title,
        author=read_author_summary(message.author),
        published_on=date.fromisoformat(message.published_on) if message.HasField("published_on") else None,
        created_at=moment_of(message.created_at),
        updated_at=moment_of(message.updated_at),
        version=message.version,
    )


def write_book_created(message: books_pb2.BookCreated, value: results.BookCreated) -> None:
    write_book(message.book, value.book)


def read_book_created(message: books_pb2.BookCreated) -> results.BookCreated:
    return results.BookCreated(book=read_book(message.book))


def write_book_deleted(message: books_pb2.BookDeleted, value: results.BookDeleted) -> None:
    write_book(message.book, value.book)


def read_book_deleted(message: books_pb2.BookDeleted) -> results.BookDeleted:
    return results.BookDeleted(book=read_book(message.book))


def write_book_page(message: books_pb2.BookPage, value: results.BookPage) -> None:
    for items_item in value.items:
        write_book(message.items.add(), items_item)
    write_page_meta(message.meta, value.meta)


def read_book_page(message: books_pb2.BookPage) -> results.BookPage:
    return results.BookPage(items=[read_book(item) for item in message.items], meta=read_page_meta(message.meta))


def write_book_updated(message: books_pb2.BookUpdated, value: results.BookUpdated) -> None:
    write_book(message.book, value.book)


def read_book_updated(message: books_pb2.BookUpdated) -> results.BookUpdated:
    return results.BookUpdated(book=read_book(message.book))


def write_field_error(message: envelope_pb2.FieldError, value: results.FieldError) -> None:
    message.pointer = value.pointer
    message.message = value.message


def read_field_error(message: envelope_pb2.FieldError) -> results.FieldError:
    return results.FieldError(pointer=message.pointer, message=message.message)


def write_health(message: system_pb2.Health, value: results.Health) -> None:
    message.status = _HEALTH_STATUS_TO_PROTO[value.status]
    message.version = value.version
    message.contract = value.contract


def read_health(message: system_pb2.Health) -> results.Health:
    return results.Health(
        status=_HEALTH_STATUS_FROM_PROTO[message.status], version=message.version, contract=message.contract
    )


_HEALTH_STATUS_TO_PROTO: dict[HealthStatus, system_pb2.HealthStatus.ValueType] = {
    HealthStatus.OK: system_pb2.HEALTH_STATUS_OK,
    HealthStatus.DEGRADED: system_pb2.HEALTH_STATUS_DEGRADED,
}
_HEALTH_STATUS_FROM_PROTO = {number: member for member, number in _HEALTH_STATUS_TO_PROTO.items()}


def write_page_meta(message: envelope_pb2.PageMeta, value: results.PageMeta) -> None:
    message.page = value.page
    message.per_page = value.per_page
    message.total = value.total
    message.pages = value.pages
    if value.next_cursor is not None:
        message.next_cursor = value.next_cursor
    message.has_more = value.has_more


def read_page_meta(message: envelope_pb2.PageMeta) -> results.PageMeta:
    return results.PageMeta(
        page=message.page,
        per_page=message.per_page,
        total=message.total,
        pages=message.pages,
        next_cursor=message.next_cursor if message.HasField("next_cursor") else None,
        has_more=message.has_more,
    )


def write_problem(message: envelope_pb2.Problem, value: results.Problem) -> None:
    message.type = value.type
    message.title = value.title
    message.status = value.status
    if not isinstance(value.detail, UnsetType):
        message.detail = value.detail
    message.code = value.code
    for errors_item in value.errors:
        write_field_error(message.errors.add(), errors_item)
    message.trace_id = value.trace_id
    if not isinstance(value.retry_after, UnsetType):
        message.retry_after = value.retry_after
    if not isinstance(value.msg, UnsetType):
        message.msg = value.msg


def read_problem(message: envelope_pb2.Problem) -> results.Problem:
    return results.Problem(
        type=message.type,
        title=message.title,
        status=message.status,
        detail=message.detail if message.HasField("detail") else UNSET,
        code=message.code,
        errors=[read_field_error(item) for item in message.errors],
        trace_id=message.trace_id,
        retry_after=message.retry_after if message.HasField("retry_after") else UNSET,
        msg=message.msg if message.HasField("msg") else UNSET,
    )


def write_tokens(message: auth_pb2.Tokens, value: results.Tokens) -> None:
    message.access_token = value.access_token
    message.refresh_token = value.refresh_token
    message.token_type = value.token_type
    message.expires_in = value.expires_in
    message.refresh_expires_in = value.refresh_expires_in


def read_tokens(message: auth_pb2.Tokens) -> results.Tokens:
    return results.Tokens(
        access_token=message.access_token,
        refresh_token=message.refresh_token,
        expires_in=message.expires_in,
        refresh_expires_in=message.refresh_expires_in,
    )


def write_ws_ticket(message: auth_pb2.WsTicket, value: results.WsTicket) -> None:
    message.ticket = value.ticket
    message.expires_in = value.expires_in


def read_ws_ticket(message: auth_pb2.WsTicket) -> results.WsTicket:
    return results.WsTicket(ticket=message.ticket, expires_in=message.expires_in)


def values_of_create_author_request(message: authors_pb2.CreateAuthorRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["name"] = message.name
    if message.HasField("bio"):
        values["bio"] = message.bio
    if message.HasField("born_on"):
        values["born_on"] = message.born_on
    return values


def fill_create_author_request(message: authors_pb2.CreateAuthorRequest, value: models.CreateAuthorRequest) -> None:
    message.name = value.name
    if value.bio is not None:
        message.bio = value.bio
    if value.born_on is not None:
        message.born_on = value.born_on.isoformat()


def values_of_create_book_request(message: books_pb2.CreateBookRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["title"] = message.title
    values["author_id"] = message.author_id
    if message.HasField("published_on"):
        values["published_on"] = message.published_on
    return values


def fill_create_book_request(message: books_pb2.CreateBookRequest, value: models.CreateBookRequest) -> None:
    message.title = value.title
    message.author_id = value.author_id
    if value.published_on is not None:
        message.published_on = value.published_on.isoformat()


def values_of_create_ws_ticket_request(message: auth_pb2.CreateWsTicketRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    return values


def fill_create_ws_ticket_request(message: auth_pb2.CreateWsTicketRequest, value: models.CreateWsTicketRequest) -> None:
    pass


def values_of_delete_author_request(message: authors_pb2.DeleteAuthorRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["author_id"] = message.author_id
    if message.HasField("expected_version"):
        values["expected_version"] = message.expected_version
    return values


def fill_delete_author_request(message: authors_pb2.DeleteAuthorRequest, value: models.DeleteAuthorRequest) -> None:
    message.author_id = value.author_id
    if value.expected_version is not None:
        message.expected_version = value.expected_version


def values_of_delete_book_request(message: books_pb2.DeleteBookRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["book_id"] = message.book_id
    if message.HasField("expected_version"):
        values["expected_version"] = message.expected_version
    return values


def fill_delete_book_request(message: books_pb2.DeleteBookRequest, value: models.DeleteBookRequest) -> None:
    message.book_id = value.book_id
    if value.expected_version is not None:
        message.expected_version = value.expected_version


def values_of_get_audit_log_request(message: audit_log_pb2.GetAuditLogRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["audit_log_id"] = message.audit_log_id
    return values


def fill_get_audit_log_request(message: audit_log_pb2.GetAuditLogRequest, value: models.GetAuditLogRequest) -> None:
    message.audit_log_id = value.audit_log_id


def values_of_get_audit_logs_request(message: audit_log_pb2.GetAuditLogsRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    if message.HasField("user"):
        values["user"] = message.user
    if message.HasField("action"):
        values["action"] = message.action
    if message.HasField("object_id"):
        values["object_id"] = message.object_id
    if message.HasField("outcome"):
        values["outcome"] = _AUDIT_OUTCOME_FROM_PROTO.get(message.outcome)
    if message.HasField("since"):
        values["since"] = moment_of(message.since)
    if message.HasField("until"):
        values["until"] = moment_of(message.until)
    if message.HasField("page"):
        values["page"] = message.page
    if message.HasField("per_page"):
        values["per_page"] = message.per_page
    return values


def fill_get_audit_logs_request(message: audit_log_pb2.GetAuditLogsRequest, value: models.GetAuditLogsRequest) -> None:
    if value.user is not None:
        message.user = value.user
    if value.action is not None:
        message.action = value.action
    if value.object_id is not None:
        message.object_id = value.object_id
    if value.outcome is not None:
        message.outcome = _AUDIT_OUTCOME_TO_PROTO[value.outcome]
    if value.since is not None:
        since = value.since - EPOCH
        timestamp = message.since
        timestamp.seconds = since.days * 86400 + since.seconds
        timestamp.nanos = since.microseconds * 1000
    if value.until is not None:
        since = value.until - EPOCH
        timestamp = message.until
        timestamp.seconds = since.days * 86400 + since.seconds
        timestamp.nanos = since.microseconds * 1000
    message.page = value.page
    message.per_page = value.per_page


def values_of_get_author_request(message: authors_pb2.GetAuthorRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["author_id"] = message.author_id
    return values


def fill_get_author_request(message: authors_pb2.GetAuthorRequest, value: models.GetAuthorRequest) -> None:
    message.author_id = value.author_id


def values_of_get_authors_request(message: authors_pb2.GetAuthorsRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    if message.HasField("id"):
        values["id"] = message.id
    if message.HasField("name"):
        values["name"] = message.name
    if message.HasField("search_term"):
        values["search_term"] = message.search_term
    return values


def fill_get_authors_request(message: authors_pb2.GetAuthorsRequest, value: models.GetAuthorsRequest) -> None:
    if value.id is not None:
        message.id = value.id
    if value.name is not None:
        message.name = value.name
    if value.search_term is not None:
        message.search_term = value.search_term


def values_of_get_book_request(message: books_pb2.GetBookRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["book_id"] = message.book_id
    return values


def fill_get_book_request(message: books_pb2.GetBookRequest, value: models.GetBookRequest) -> None:
    message.book_id = value.book_id


def values_of_get_books_request(message: books_pb2.GetBooksRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    if message.HasField("page"):
        values["page"] = message.page
    if message.HasField("per_page"):
        values["per_page"] = message.per_page
    if message.HasField("cursor"):
        values["cursor"] = message.cursor
    if message.HasField("author_id"):
        values["author_id"] = message.author_id
    return values


def fill_get_books_request(message: books_pb2.GetBooksRequest, value: models.GetBooksRequest) -> None:
    message.page = value.page
    message.per_page = value.per_page
    if value.cursor is not None:
        message.cursor = value.cursor
    if value.author_id is not None:
        message.author_id = value.author_id


def values_of_get_paginated_authors_request(message: authors_pb2.GetPaginatedAuthorsRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    if message.HasField("page"):
        values["page"] = message.page
    if message.HasField("per_page"):
        values["per_page"] = message.per_page
    if message.HasField("cursor"):
        values["cursor"] = message.cursor
    if message.HasField("id"):
        values["id"] = message.id
    if message.HasField("name"):
        values["name"] = message.name
    if message.HasField("search_term"):
        values["search_term"] = message.search_term
    return values


def fill_get_paginated_authors_request(
    message: authors_pb2.GetPaginatedAuthorsRequest, value: models.GetPaginatedAuthorsRequest
) -> None:
    message.page = value.page
    message.per_page = value.per_page
    if value.cursor is not None:
        message.cursor = value.cursor
    if value.id is not None:
        message.id = value.id
    if value.name is not None:
        message.name = value.name
    if value.search_term is not None:
        message.search_term = value.search_term


def values_of_health_request(message: system_pb2.HealthRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    return values


def fill_health_request(message: system_pb2.HealthRequest, value: models.HealthRequest) -> None:
    pass


def values_of_livez_request(message: system_pb2.LivezRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    return values


def fill_livez_request(message: system_pb2.LivezRequest, value: models.LivezRequest) -> None:
    pass


def values_of_login_request(message: auth_pb2.LoginRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["username"] = message.username
    values["password"] = message.password
    return values


def fill_login_request(message: auth_pb2.LoginRequest, value: models.LoginRequest) -> None:
    message.username = value.username
    message.password = value.password


def values_of_logout_request(message: auth_pb2.LogoutRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["refresh_token"] = message.refresh_token
    return values


def fill_logout_request(message: auth_pb2.LogoutRequest, value: models.LogoutRequest) -> None:
    message.refresh_token = value.refresh_token


def values_of_readyz_request(message: system_pb2.ReadyzRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    return values


def fill_readyz_request(message: system_pb2.ReadyzRequest, value: models.ReadyzRequest) -> None:
    pass


def values_of_refresh_request(message: auth_pb2.RefreshRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["refresh_token"] = message.refresh_token
    return values


def fill_refresh_request(message: auth_pb2.RefreshRequest, value: models.RefreshRequest) -> None:
    message.refresh_token = value.refresh_token


def values_of_update_author_request(message: authors_pb2.UpdateAuthorRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["author_id"] = message.author_id
    if message.HasField("expected_version"):
        values["expected_version"] = message.expected_version
    values["name"] = message.name
    if message.HasField("bio"):
        values["bio"] = message.bio
    if message.HasField("born_on"):
        values["born_on"] = message.born_on
    return values


def fill_update_author_request(message: authors_pb2.UpdateAuthorRequest, value: models.UpdateAuthorRequest) -> None:
    message.author_id = value.author_id
    if value.expected_version is not None:
        message.expected_version = value.expected_version
    message.name = value.name
    if value.bio is not None:
        message.bio = value.bio
    if value.born_on is not None:
        message.born_on = value.born_on.isoformat()


def values_of_update_book_request(message: books_pb2.UpdateBookRequest) -> dict[str, object]:
    values: dict[str, object] = {}
    values["book_id"] = message.book_id
    if message.HasField("expected_version"):
        values["expected_version"] = message.expected_version
    values["title"] = message.title
    values["author_id"] = message.author_id
    if message.HasField("published_on"):
        values["published_on"] = message.published_on
    return values


def fill_update_book_request(message: books_pb2.UpdateBookRequest, value: models.UpdateBookRequest) -> None:
    message.book_id = value.book_id
    if value.expected_version is not None:
        message.expected_version = value.expected_version
    message.title = value.title
    message.author_id = value.author_id
    if value.published_on is not None:
        message.published_on = value.published_on.isoformat()


_json = msgspec.json.Encoder().encode


def _message(message: Any, write: Callable[[Any, Any], None], value: Any) -> bytes:
    write(message, value)
    return bytes(message.SerializeToString())


def _values_create_author(data: bytes) -> dict[str, object]:
    return values_of_create_author_request(authors_pb2.CreateAuthorRequest.FromString(data))


def _encode_create_author(result: results.Author) -> bytes:
    message = authors_pb2.Author()
    write_author(message, result)
    return message.SerializeToString()


def _values_create_book(data: bytes) -> dict[str, object]:
    return values_of_create_book_request(books_pb2.CreateBookRequest.FromString(data))


def _encode_create_book(result: results.Book) -> bytes:
    message = books_pb2.Book()
    write_book(message, result)
    return message.SerializeToString()


def _values_create_ws_ticket(data: bytes) -> dict[str, object]:
    return values_of_create_ws_ticket_request(auth_pb2.CreateWsTicketRequest.FromString(data))


def _encode_create_ws_ticket(result: results.WsTicket) -> bytes:
    message = auth_pb2.WsTicket()
    write_ws_ticket(message, result)
    return message.SerializeToString()


def _values_delete_author(data: bytes) -> dict[str, object]:
    return values_of_delete_author_request(authors_pb2.DeleteAuthorRequest.FromString(data))


def _values_delete_book(data: bytes) -> dict[str, object]:
    return values_of_delete_book_request(books_pb2.DeleteBookRequest.FromString(data))


def _values_get_audit_log(data: bytes) -> dict[str, object]:
    return values_of_get_audit_log_request(audit_log_pb2.GetAuditLogRequest.FromString(data))


def _encode_get_audit_log(result: results.AuditLog) -> bytes:
    message = audit_log_pb2.AuditLog()
    write_audit_log(message, result)
    return message.SerializeToString()


def _values_get_audit_logs(data: bytes) -> dict[str, object]:
    return values_of_get_audit_logs_request(audit_log_pb2.GetAuditLogsRequest.FromString(data))


def _encode_get_audit_logs(result: results.AuditLogPage) -> bytes:
    message = audit_log_pb2.AuditLogPage()
    write_audit_log_page(message, result)
    return message.SerializeToString()


def _frame_get_audit_logs(result: results.AuditLogPage) -> tuple[bytes, bytes | None]:
    return _json(result.items), _json(result.meta)


def _binary_frame_get_audit_logs(result: results.AuditLogPage) -> tuple[bytes, PageMeta | None]:
    message = audit_log_pb2.AuditLogPage()
    for items_item in result.items:
        write_audit_log(message.items.add(), items_item)
    meta = PageMeta()
    write_page_meta(meta, result.meta)
    return message.SerializeToString(), meta


def _values_get_author(data: bytes) -> dict[str, object]:
    return values_of_get_author_request(authors_pb2.GetAuthorRequest.FromString(data))


def _encode_get_author(result: results.Author) -> bytes:
    message = authors_pb2.Author()
    write_author(message, result)
    return message.SerializeToString()


def _values_get_authors(data: bytes) -> dict[str, object]:
    return values_of_get_authors_request(authors_pb2.GetAuthorsRequest.FromString(data))


def _encode_get_authors(result: results.AuthorList) -> bytes:
    message = authors_pb2.AuthorList()
    write_author_list(message, result)
    return message.SerializeToString()


def _frame_get_authors(result: results.AuthorList) -> tuple[bytes, bytes | None]:
    return _json(result.items), _json(result.meta)


def _binary_frame_get_authors(result: results.AuthorList) -> tuple[bytes, PageMeta | None]:
    message = authors_pb2.AuthorList()
    for items_item in result.items:
        write_author(message.items.add(), items_item)
    meta = PageMeta()
    write_page_meta(meta, result.meta)
    return message.SerializeToString(), meta


def _values_get_book(data: bytes) -> dict[str, object]:
    return values_of_get_book_request(books_pb2.GetBookRequest.FromString(data))


def _encode_get_book(result: results.Book) -> bytes:
    message = books_pb2.Book()
    write_book(message, result)
    return message.SerializeToString()


def _values_get_books(data: bytes) -> dict[str, object]:
    return values_of_get_books_request(books_pb2.GetBooksRequest.FromString(data))


def _encode_get_books(result: results.BookPage) -> bytes:
    message = books_pb2.BookPage()
    write_book_page(message, result)
    return message.SerializeToString()


def _frame_get_books(result: results.BookPage) -> tuple[bytes, bytes | None]:
    return _json(result.items), _json(result.meta)


def _binary_frame_get_books(result: results.BookPage) -> tuple[bytes, PageMeta | None]:
    message = books_pb2.BookPage()
    for items_item in result.items:
        write_book(message.items.add(), items_item)
    meta = PageMeta()
    write_page_meta(meta, result.meta)
    return message.SerializeToString(), meta


def _values_get_paginated_authors(data: bytes) -> dict[str, object]:
    return values_of_get_paginated_authors_request(authors_pb2.GetPaginatedAuthorsRequest.FromString(data))


def _encode_get_paginated_authors(result: results.AuthorPage) -> bytes:
    message = authors_pb2.AuthorPage()
    write_author_page(message, result)
    return message.SerializeToString()


def _frame_get_paginated_authors(result: results.AuthorPage) -> tuple[bytes, bytes | None]:
    return _json(result.items), _json(result.meta)


def _binary_frame_get_paginated_authors(result: results.AuthorPage) -> tuple[bytes, PageMeta | None]:
    message = authors_pb2.AuthorPage()
    for items_item in result.items:
        write_author(message.items.add(), items_item)
    meta = PageMeta()
    write_page_meta(meta, result.meta)
    return message.SerializeToString(), meta


def _values_health(data: bytes) -> dict[str, object]:
    return values_of_health_request(system_pb2.HealthRequest.FromString(data))


def _encode_health(result: results.Health) -> bytes:
    message = system_pb2.Health()
    write_health(message, result)
    return message.SerializeToString()


def _values_livez(data: bytes) -> dict[str, object]:
    return values_of_livez_request(system_pb2.LivezRequest.FromString(data))


def _values_login(data: bytes) -> dict[str, object]:
    return values_of_login_request(auth_pb2.LoginRequest.FromString(data))


def _encode_login(result: results.Tokens) -> bytes:
    message = auth_pb2.Tokens()
    write_tokens(message, result)
    return message.SerializeToString()


def _values_logout(data: bytes) -> dict[str, object]:
    return values_of_logout_request(auth_pb2.LogoutRequest.FromString(data))


def _values_readyz(data: bytes) -> dict[str, object]:
    return values_of_readyz_request(system_pb2.ReadyzRequest.FromString(data))


def _values_refresh(data: bytes) -> dict[str, object]:
    return values_of_refresh_request(auth_pb2.RefreshRequest.FromString(data))


def _encode_refresh(result: results.Tokens) -> bytes:
    message = auth_pb2.Tokens()
    write_tokens(message, result)
    return message.SerializeToString()


def _values_update_author(data: bytes) -> dict[str, object]:
    return values_of_update_author_request(authors_pb2.UpdateAuthorRequest.FromString(data))


def _encode_update_author(result: results.Author) -> bytes:
    message = authors_pb2.Author()
    write_author(message, result)
    return message.SerializeToString()


def _values_update_book(data: bytes) -> dict[str, object]:
    return values_of_update_book_request(books_pb2.UpdateBookRequest.FromString(data))


def _encode_update_book(result: results.Book) -> bytes:
    message = books_pb2.Book()
    write_book(message, result)
    return message.SerializeToString()


CODECS: dict[str, Codec] = {
    "create_author": Codec(
        decode_json=models.CreateAuthorRequest.__pydantic_validator__.validate_json,
        decode_values=models.CreateAuthorRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_create_author,
        encode_json=_json,
        encode_protobuf=_encode_create_author,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_create_author(result), None),
        restore=msgspec.json.Decoder(results.Author).decode,
        fault_of=checks.fault_of_author,
    ),
    "create_book": Codec(
        decode_json=models.CreateBookRequest.__pydantic_validator__.validate_json,
        decode_values=models.CreateBookRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_create_book,
        encode_json=_json,
        encode_protobuf=_encode_create_book,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_create_book(result), None),
        restore=msgspec.json.Decoder(results.Book).decode,
        fault_of=checks.fault_of_book,
    ),
    "create_ws_ticket": Codec(
        decode_json=models.CreateWsTicketRequest.__pydantic_validator__.validate_json,
        decode_values=models.CreateWsTicketRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_create_ws_ticket,
        encode_json=_json,
        encode_protobuf=_encode_create_ws_ticket,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_create_ws_ticket(result), None),
        restore=msgspec.json.Decoder(results.WsTicket).decode,
        fault_of=checks.fault_of_ws_ticket,
    ),
    "delete_author": Codec(
        decode_json=models.DeleteAuthorRequest.__pydantic_validator__.validate_json,
        decode_values=models.DeleteAuthorRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_delete_author,
        encode_json=lambda result: b"",
        encode_protobuf=lambda result: b"",
        frame_json=lambda result: (b"null", None),
        frame_protobuf=lambda result: (b"", None),
        restore=lambda data: None,
        fault_of=fault_of_nothing,
    ),
    "delete_book": Codec(
        decode_json=models.DeleteBookRequest.__pydantic_validator__.validate_json,
        decode_values=models.DeleteBookRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_delete_book,
        encode_json=lambda result: b"",
        encode_protobuf=lambda result: b"",
        frame_json=lambda result: (b"null", None),
        frame_protobuf=lambda result: (b"", None),
        restore=lambda data: None,
        fault_of=fault_of_nothing,
    ),
    "end_sessions": Codec(
        decode_json=models.EndSessionsRequest.__pydantic_validator__.validate_json,
        decode_values=models.EndSessionsRequest.__pydantic_validator__.validate_python,
        values_protobuf=None,
        encode_json=lambda result: b"",
        encode_protobuf=None,
        frame_json=lambda result: (b"null", None),
        frame_protobuf=None,
        restore=lambda data: None,
        fault_of=fault_of_nothing,
    ),
    "get_audit_log": Codec(
        decode_json=models.GetAuditLogRequest.__pydantic_validator__.validate_json,
        decode_values=models.GetAuditLogRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_get_audit_log,
        encode_json=_json,
        encode_protobuf=_encode_get_audit_log,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_get_audit_log(result), None),
        restore=msgspec.json.Decoder(results.AuditLog).decode,
        fault_of=checks.fault_of_audit_log,
    ),
    "get_audit_logs": Codec(
        decode_json=models.GetAuditLogsRequest.__pydantic_validator__.validate_json,
        decode_values=models.GetAuditLogsRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_get_audit_logs,
        encode_json=_json,
        encode_protobuf=_encode_get_audit_logs,
        frame_json=_frame_get_audit_logs,
        frame_protobuf=_binary_frame_get_audit_logs,
        restore=msgspec.json.Decoder(results.AuditLogPage).decode,
        fault_of=checks.fault_of_audit_log_page,
    ),
    "get_author": Codec(
        decode_json=models.GetAuthorRequest.__pydantic_validator__.validate_json,
        decode_values=models.GetAuthorRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_get_author,
        encode_json=_json,
        encode_protobuf=_encode_get_author,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_get_author(result), None),
        restore=msgspec.json.Decoder(results.Author).decode,
        fault_of=checks.fault_of_author,
    ),
    "get_authors": Codec(
        decode_json=models.GetAuthorsRequest.__pydantic_validator__.validate_json,
        decode_values=models.GetAuthorsRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_get_authors,
        encode_json=_json,
        encode_protobuf=_encode_get_authors,
        frame_json=_frame_get_authors,
        frame_protobuf=_binary_frame_get_authors,
        restore=msgspec.json.Decoder(results.AuthorList).decode,
        fault_of=checks.fault_of_author_list,
    ),
    "get_book": Codec(
        decode_json=models.GetBookRequest.__pydantic_validator__.validate_json,
        decode_values=models.GetBookRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_get_book,
        encode_json=_json,
        encode_protobuf=_encode_get_book,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_get_book(result), None),
        restore=msgspec.json.Decoder(results.Book).decode,
        fault_of=checks.fault_of_book,
    ),
    "get_books": Codec(
        decode_json=models.GetBooksRequest.__pydantic_validator__.validate_json,
        decode_values=models.GetBooksRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_get_books,
        encode_json=_json,
        encode_protobuf=_encode_get_books,
        frame_json=_frame_get_books,
        frame_protobuf=_binary_frame_get_books,
        restore=msgspec.json.Decoder(results.BookPage).decode,
        fault_of=checks.fault_of_book_page,
    ),
    "get_paginated_authors": Codec(
        decode_json=models.GetPaginatedAuthorsRequest.__pydantic_validator__.validate_json,
        decode_values=models.GetPaginatedAuthorsRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_get_paginated_authors,
        encode_json=_json,
        encode_protobuf=_encode_get_paginated_authors,
        frame_json=_frame_get_paginated_authors,
        frame_protobuf=_binary_frame_get_paginated_authors,
        restore=msgspec.json.Decoder(results.AuthorPage).decode,
        fault_of=checks.fault_of_author_page,
    ),
    "health": Codec(
        decode_json=models.HealthRequest.__pydantic_validator__.validate_json,
        decode_values=models.HealthRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_health,
        encode_json=_json,
        encode_protobuf=_encode_health,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_health(result), None),
        restore=msgspec.json.Decoder(results.Health).decode,
        fault_of=checks.fault_of_health,
    ),
    "livez": Codec(
        decode_json=models.LivezRequest.__pydantic_validator__.validate_json,
        decode_values=models.LivezRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_livez,
        encode_json=lambda result: b"",
        encode_protobuf=lambda result: b"",
        frame_json=lambda result: (b"null", None),
        frame_protobuf=lambda result: (b"", None),
        restore=lambda data: None,
        fault_of=fault_of_nothing,
    ),
    "login": Codec(
        decode_json=models.LoginRequest.__pydantic_validator__.validate_json,
        decode_values=models.LoginRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_login,
        encode_json=_json,
        encode_protobuf=_encode_login,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_login(result), None),
        restore=msgspec.json.Decoder(results.Tokens).decode,
        fault_of=checks.fault_of_tokens,
    ),
    "logout": Codec(
        decode_json=models.LogoutRequest.__pydantic_validator__.validate_json,
        decode_values=models.LogoutRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_logout,
        encode_json=lambda result: b"",
        encode_protobuf=lambda result: b"",
        frame_json=lambda result: (b"null", None),
        frame_protobuf=lambda result: (b"", None),
        restore=lambda data: None,
        fault_of=fault_of_nothing,
    ),
    "readyz": Codec(
        decode_json=models.ReadyzRequest.__pydantic_validator__.validate_json,
        decode_values=models.ReadyzRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_readyz,
        encode_json=lambda result: b"",
        encode_protobuf=lambda result: b"",
        frame_json=lambda result: (b"null", None),
        frame_protobuf=lambda result: (b"", None),
        restore=lambda data: None,
        fault_of=fault_of_nothing,
    ),
    "refresh": Codec(
        decode_json=models.RefreshRequest.__pydantic_validator__.validate_json,
        decode_values=models.RefreshRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_refresh,
        encode_json=_json,
        encode_protobuf=_encode_refresh,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_refresh(result), None),
        restore=msgspec.json.Decoder(results.Tokens).decode,
        fault_of=checks.fault_of_tokens,
    ),
    "update_author": Codec(
        decode_json=models.UpdateAuthorRequest.__pydantic_validator__.validate_json,
        decode_values=models.UpdateAuthorRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_update_author,
        encode_json=_json,
        encode_protobuf=_encode_update_author,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_update_author(result), None),
        restore=msgspec.json.Decoder(results.Author).decode,
        fault_of=checks.fault_of_author,
    ),
    "update_book": Codec(
        decode_json=models.UpdateBookRequest.__pydantic_validator__.validate_json,
        decode_values=models.UpdateBookRequest.__pydantic_validator__.validate_python,
        values_protobuf=_values_update_book,
        encode_json=_json,
        encode_protobuf=_encode_update_book,
        frame_json=lambda result: (_json(result), None),
        frame_protobuf=lambda result: (_encode_update_book(result), None),
        restore=msgspec.json.Decoder(results.Book).decode,
        fault_of=checks.fault_of_book,
    ),
}

EVENT_CODECS: dict[int, EventCodec] = {
    1001: EventCodec(
        _json,
        lambda event: _message(authors_pb2.AuthorCreated(), write_author_created, event),
        msgspec.json.Decoder(results.AuthorCreated).decode,
        checks.fault_of_author_created,
    ),
    1003: EventCodec(
        _json,
        lambda event: _message(authors_pb2.AuthorDeleted(), write_author_deleted, event),
        msgspec.json.Decoder(results.AuthorDeleted).decode,
        checks.fault_of_author_deleted,
    ),
    1002: EventCodec(
        _json,
        lambda event: _message(authors_pb2.AuthorUpdated(), write_author_updated, event),
        msgspec.json.Decoder(results.AuthorUpdated).decode,
        checks.fault_of_author_updated,
    ),
    1004: EventCodec(
        _json,
        lambda event: _message(books_pb2.BookCreated(), write_book_created, event),
        msgspec.json.Decoder(results.BookCreated).decode,
        checks.fault_of_book_created,
    ),
    1006: EventCodec(
        _json,
        lambda event: _message(books_pb2.BookDeleted(), write_book_deleted, event),
        msgspec.json.Decoder(results.BookDeleted).decode,
        checks.fault_of_book_deleted,
    ),
    1005: EventCodec(
        _json,
        lambda event: _message(books_pb2.BookUpdated(), write_book_updated, event),
        msgspec.json.Decoder(results.BookUpdated).decode,
        checks.fault_of_book_updated,
    ),
}

EVENT_OF: dict[type[Any], Event] = {
    results.AuthorCreated: EVENTS["author_created"],
    results.AuthorDeleted: EVENTS["author_deleted"],
    results.AuthorUpdated: EVENTS["author_updated"],
    results.BookCreated: EVENTS["book_created"],
    results.BookDeleted: EVENTS["book_deleted"],
    results.BookUpdated: EVENTS["book_updated"],
}
