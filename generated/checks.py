"""Where a value that goes out is of a wrong type: a JSON pointer and what is due, or None. Generated; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from generated import results
from generated.enums import AuditDoor, AuditOutcome, HealthStatus
from generated.scalars import is_int32, is_int64, is_text, unfit


def fault_of_audit_log(value: object) -> str | None:
    if type(value) is not results.AuditLog:
        return unfit(value, "AuditLog")
    if not is_int64(value.id):
        return "/id" + unfit(value.id, "integer(int64)")
    if type(value.at) is not datetime or value.at.tzinfo is None:
        return "/at" + unfit(value.at, "string(date-time)")
    if value.username is not None and type(value.username) is not str and not is_text(value.username):
        return "/username" + unfit(value.username, "string")
    if value.subject is not None and type(value.subject) is not str and not is_text(value.subject):
        return "/subject" + unfit(value.subject, "string")
    if not isinstance(value.roles, list):
        return "/roles" + unfit(value.roles, "array of string")
    for roles_item in value.roles:
        if type(roles_item) is not str and not is_text(roles_item):
            return "/roles/*" + unfit(roles_item, "string")
    if type(value.action) is not str and not is_text(value.action):
        return "/action" + unfit(value.action, "string")
    if type(value.outcome) is not AuditOutcome:
        return "/outcome" + unfit(value.outcome, "AuditOutcome")
    if value.code is not None and type(value.code) is not str and not is_text(value.code):
        return "/code" + unfit(value.code, "string")
    if type(value.door) is not AuditDoor:
        return "/door" + unfit(value.door, "AuditDoor")
    if value.object_id is not None and type(value.object_id) is not str and not is_text(value.object_id):
        return "/object_id" + unfit(value.object_id, "string")
    if value.ip is not None and type(value.ip) is not str and not is_text(value.ip):
        return "/ip" + unfit(value.ip, "string")
    if value.user_agent is not None and type(value.user_agent) is not str and not is_text(value.user_agent):
        return "/user_agent" + unfit(value.user_agent, "string")
    if type(value.trace_id) is not str and not is_text(value.trace_id):
        return "/trace_id" + unfit(value.trace_id, "string")
    if not is_int32(value.duration_ms):
        return "/duration_ms" + unfit(value.duration_ms, "integer(int32)")
    if value.sid is not None and type(value.sid) is not str and not is_text(value.sid):
        return "/sid" + unfit(value.sid, "string")
    if value.reason is not None and type(value.reason) is not str and not is_text(value.reason):
        return "/reason" + unfit(value.reason, "string")
    if not isinstance(value.data, dict):
        return "/data" + unfit(value.data, "map of string")
    if not all(is_text(key) for key in value.data):
        return "/data: a key is no string"
    for data_item in value.data.values():
        if type(data_item) is not str and not is_text(data_item):
            return "/data/*" + unfit(data_item, "string")
    if type(value.altered) is not bool:
        return "/altered" + unfit(value.altered, "boolean")
    return None


def fault_of_audit_log_page(value: object) -> str | None:
    if type(value) is not results.AuditLogPage:
        return unfit(value, "AuditLogPage")
    if not isinstance(value.items, list):
        return "/items" + unfit(value.items, "array of AuditLog")
    for items_item in value.items:
        if (fault := fault_of_audit_log(items_item)) is not None:
            return f"/items/*{fault}"
    if (fault := fault_of_page_meta(value.meta)) is not None:
        return f"/meta{fault}"
    return None


def fault_of_author(value: object) -> str | None:
    if type(value) is not results.Author:
        return unfit(value, "Author")
    if not is_int64(value.id):
        return "/id" + unfit(value.id, "integer(int64)")
    if type(value.name) is not str and not is_text(value.name):
        return "/name" + unfit(value.name, "string")
    if value.bio is not None and type(value.bio) is not str and not is_text(value.bio):
        return "/bio" + unfit(value.bio, "string")
    if value.born_on is not None and type(value.born_on) is not date:
        return "/born_on" + unfit(value.born_on, "string(date)")
    if type(value.created_at) is not datetime or value.created_at.tzinfo is None:
        return "/created_at" + unfit(value.created_at, "string(date-time)")
    if type(value.updated_at) is not datetime or value.updated_at.tzinfo is None:
        return "/updated_at" + unfit(value.updated_at, "string(date-time)")
    if not is_int64(value.version):
        return "/version" + unfit(value.version, "integer(int64)")
    return None


def fault_of_author_created(value: object) -> str | None:
    if type(value) is not results.AuthorCreated:
        return unfit(value, "AuthorCreated")
    if (fault := fault_of_author(value.author)) is not None:
        return f"/author{fault}"
    return None


def fault_of_author_deleted(value: object) -> str | None:
    if type(value) is not results.AuthorDeleted:
        return unfit(value, "AuthorDeleted")
    if (fault := fault_of_author(value.author)) is not None:
        return f"/author{fault}"
    return None


def fault_of_author_list(value: object) -> str | None:
    if type(value) is not results.AuthorList:
        return unfit(value, "AuthorList")
    if not isinstance(value.items, list):
        return "/items" + unfit(value.items, "array of Author")
    for items_item in value.items:
        if (fault := fault_of_author(items_item)) is not None:
            return f"/items/*{fault}"
    if (fault := fault_of_page_meta(value.meta)) is not None:
        return f"/meta{fault}"
    return None


def fault_of_author_page(value: object) -> str | None:
    if type(value) is not results.AuthorPage:
        return unfit(value, "AuthorPage")
    if not isinstance(value.items, list):
        return "/items" + unfit(value.items, "array of Author")
    for items_item in value.items:
        if (fault := fault_of_author(items_item)) is not None:
            return f"/items/*{fault}"
    if (fault := fault_of_page_meta(value.meta)) is not None:
        return f"/meta{fault}"
    return None


def fault_of_author_summary(value: object) -> str | None:
    if type(value) is not results.AuthorSummary:
        return unfit(value, "AuthorSummary")
    if not is_int64(value.id):
        return "/id" + unfit(value.id, "integer(int64)")
    if type(value.name) is not str and not is_text(value.name):
        return "/name" + unfit(value.name, "string")
    return None


def fault_of_author_updated(value: object) -> str | None:
    if type(value) is not results.AuthorUpdated:
        return unfit(value, "AuthorUpdated")
    if (fault := fault_of_author(value.author)) is not None:
        return f"/author{fault}"
    return None


def fault_of_book(value: object) -> str | None:
    if type(value) is not results.Book:
        return unfit(value, "Book")
    if not is_int64(value.id):
        return "/id" + unfit(value.id, "integer(int64)")
    if type(value.title) is not str and not is_text(value.title):
        return "/title" + unfit(value.title, "string")
    if (fault := fault_of_author_summary(value.author)) is not None:
        return f"/author{fault}"
    if value.published_on is not None and type(value.published_on) is not date:
        return "/published_on" + unfit(value.published_on, "string(date)")
    if type(value.created_at) is not datetime or value.created_at.tzinfo is None:
        return "/created_at" + unfit(value.created_at, "string(date-time)")
    if type(value.updated_at) is not datetime or value.updated_at.tzinfo is None:
        return "/updated_at" + unfit(value.updated_at, "string(date-time)")
    if not is_int64(value.version):
        return "/version" + unfit(value.version, "integer(int64)")
    return None


def fault_of_book_created(value: object) -> str | None:
    if type(value) is not results.BookCreated:
        return unfit(value, "BookCreated")
    if (fault := fault_of_book(value.book)) is not None:
        return f"/book{fault}"
    return None


def fault_of_book_deleted(value: object) -> str | None:
    if type(value) is not results.BookDeleted:
        return unfit(value, "BookDeleted")
    if (fault := fault_of_book(value.book)) is not None:
        return f"/book{fault}"
    return None


def fault_of_book_page(value: object) -> str | None:
    if type(value) is not results.BookPage:
        return unfit(value, "BookPage")
    if not isinstance(value.items, list):
        return "/items" + unfit(value.items, "array of Book")
    for items_item in value.items:
        if (fault := fault_of_book(items_item)) is not None:
            return f"/items/*{fault}"
    if (fault := fault_of_page_meta(value.meta)) is not None:
        return f"/meta{fault}"
    return None


def fault_of_book_updated(value: object) -> str | None:
    if type(value) is not results.BookUpdated:
        return unfit(value, "BookUpdated")
    if (fault := fault_of_book(value.book)) is not None:
        return f"/book{fault}"
    return None


def fault_of_health(value: object) -> str | None:
    if type(value) is not results.Health:
        return unfit(value, "Health")
    if type(value.status) is not HealthStatus:
        return "/status" + unfit(value.status, "HealthStatus")
    if type(value.version) is not str and not is_text(value.version):
        return "/version" + unfit(value.version, "string")
    if type(value.contract) is not str and not is_text(value.contract):
        return "/contract" + unfit(value.contract, "string")
    return None


def fault_of_page_meta(value: object) -> str | None:
    if type(value) is not results.PageMeta:
        return unfit(value, "PageMeta")
    if not is_int32(value.page):
        return "/page" + unfit(value.page, "integer(int32)")
    if not is_int32(value.per_page):
        return "/per_page" + unfit(value.per_page, "integer(int32)")
    if not is_int64(value.total):
        return "/total" + unfit(value.total, "integer(int64)")
    if not is_int32(value.pages):
        return "/pages" + unfit(value.pages, "integer(int32)")
    if value.next_cursor is not None and type(value.next_cursor) is not str and not is_text(value.next_cursor):
        return "/next_cursor" + unfit(value.next_cursor, "string")
    if type(value.has_more) is not bool:
        return "/has_more" + unfit(value.has_more, "boolean")
    return None


def fault_of_tokens(value: object) -> str | None:
    if type(value) is not results.Tokens:
        return unfit(value, "Tokens")
    if type(value.access_token) is not str and not is_text(value.access_token):
        return "/access_token" + unfit(value.access_token, "string")
    if type(value.refresh_token) is not str and not is_text(value.refresh_token):
        return "/refresh_token" + unfit(value.refresh_token, "string")
    if value.token_type != "Bearer":
        return "/token_type" + unfit(value.token_type, "the constant")
    if not is_int32(value.expires_in):
        return "/expires_in" + unfit(value.expires_in, "integer(int32)")
    if not is_int32(value.refresh_expires_in):
        return "/refresh_expires_in" + unfit(value.refresh_expires_in, "integer(int32)")
    return None


def fault_of_ws_ticket(value: object) -> str | None:
    if type(value) is not results.WsTicket:
        return unfit(value, "WsTicket")
    if type(value.ticket) is not str and not is_text(value.ticket):
        return "/ticket" + unfit(value.ticket, "string")
    if not is_int32(value.expires_in):
        return "/expires_in" + unfit(value.expires_in, "integer(int32)")
    return None
