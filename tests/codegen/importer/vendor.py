"""An API description as large as those of vendors: hundreds of operations over resources that refer to each other.

Deterministic. What is varied by number: expandable references, form bodies, deepObject filters, polymorphism, metadata maps, cursor
pages, nullable and free fields, names that are no identifiers.
"""

from __future__ import annotations

from typing import Any

RESOURCES = (
    "account", "balance_transaction", "charge", "coupon", "credit_note", "customer", "dispute", "event", "file_link", "invoice",
    "invoice_item", "mandate", "payment_intent", "payment_method", "payout", "person", "plan", "price", "product", "promotion_code",
    "quote", "refund", "report_run", "review", "setup_intent", "shipping_rate", "source", "subscription", "tax_code", "tax_rate",
    "token", "topup", "transfer", "value_list", "webhook_endpoint", "order", "cart", "session", "location", "reader", "card",
    "cardholder", "authorization", "transaction", "tag", "batch", "model", "thread", "message", "vector_store", "assistant",
    "workspace", "project", "issue", "comment", "label", "milestone", "release", "branch", "pipeline", "job", "artifact",
)  # fmt: skip
STATES = ["active", "past_due", "canceled", "incomplete"]


def vendor_document(count: int = len(RESOURCES)) -> dict[str, Any]:
    """OpenAPI 3.0: six to eight operations for each of the first resources."""
    resources = RESOURCES[:count]
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"error": _error(), "empty": {"type": "object", "properties": {}}}
    for number, name in enumerate(resources):
        schemas |= _schemas(number, name, resources)
        paths |= _paths(number, name)
    return {
        "openapi": "3.0.0",
        "info": {"title": "Vendor", "version": "2026-06-01", "description": "Everything.\n\nAnd more."},
        "servers": [{"url": "https://api.vendor.example/"}],
        "security": [{"basicAuth": []}, {"bearerAuth": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "basicAuth": {"type": "http", "scheme": "basic"},
                "bearerAuth": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _expandable(name: str) -> dict[str, Any]:
    return {
        "anyOf": [{"type": "string", "maxLength": 5000}, _ref(name)],
        "x-expansionResources": {"oneOf": [_ref(name)]},
    }


def _schemas(number: int, name: str, resources: tuple[str, ...]) -> dict[str, Any]:
    other, third = resources[(number + 7) % len(resources)], resources[(number + 19) % len(resources)]
    properties: dict[str, Any] = {
        "id": {"type": "string", "maxLength": 5000, "description": "Unique identifier for the object."},
        "object": {"type": "string", "enum": [name], "description": "The object's type."},
        "created": {"type": "integer", "format": "unix-time"},
        "livemode": {"type": "boolean"},
        "metadata": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 500}},
        other: _expandable(other),
        "status": {"type": "string", "enum": STATES, "nullable": True},
        "latest_" + third: {"nullable": True, "allOf": [_ref(third)]},
    }
    if number % 3 == 0:
        properties["details"] = {
            "nullable": True,
            "oneOf": [_ref(f"{name}_details_card"), _ref(f"{name}_details_bank")],
            "discriminator": {"propertyName": "type"},
        }
    if number % 4 == 1:
        properties["lines"] = _page(other)
        properties["amountTotal"] = {"type": "integer", "minimum": 0}
    if number % 5 == 2:
        properties["raw"] = {"type": "object", "additionalProperties": True}
        properties["payload"] = {}
    if number % 6 == 3:
        properties["currency"] = {"type": "string", "enum": ["eur", "usd", "1inch", ""]}
        properties["rate"] = {"type": "number", "format": "decimal", "multipleOf": 0.01}
    found = {
        name: {
            "title": name.title(),
            "type": "object",
            "required": ["id", "object", "created"],
            "properties": properties,
            "x-resourceId": name,
        },
        f"{name}_params": _params(number, other),
    }
    if number % 3 == 0:
        for kind, field in (("card", "last4"), ("bank", "iban")):
            found[f"{name}_details_{kind}"] = {
                "type": "object",
                "required": ["type", field],
                "properties": {
                    "type": {"type": "string", "enum": [f"{name}_details_{kind}"]},
                    field: {"type": "string"},
                    "checks": {"type": "object", "properties": {"cvc": {"type": "string", "nullable": True}}},
                },
            }
    return found


def _params(number: int, other: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "amount": {"type": "integer"},
        "description": {"type": "string", "maxLength": 5000},
        "expand": {"type": "array", "items": {"type": "string", "maxLength": 5000}},
        "metadata": {
            "anyOf": [{"type": "object", "additionalProperties": {"type": "string"}}, {"type": "string", "enum": [""]}]
        },
        other: {"type": "string"},
        "items": {
            "type": "array",
            "items": {"type": "object", "properties": {"price": {"type": "string"}, "quantity": {"type": "integer"}}},
        },
    }
    if number % 2:
        properties["trial_end"] = {
            "anyOf": [{"type": "string", "enum": ["now"]}, {"type": "integer", "format": "unix-time"}]
        }
    return {"type": "object", "properties": properties, "required": ["amount"] if number % 2 else []}


def _page(item: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["data", "has_more", "object", "url"],
        "properties": {
            "data": {"type": "array", "items": _ref(item)},
            "has_more": {"type": "boolean"},
            "object": {"type": "string", "enum": ["list"]},
            "url": {"type": "string", "maxLength": 5000, "pattern": "^/v1/"},
        },
    }


def _error() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "object", "properties": {"code": {"type": "string"}}}},
    }


def _answers(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "200": {"description": "Successful response.", "content": {"application/json": {"schema": schema}}},
        "default": {"description": "Error response.", "content": {"application/json": {"schema": _ref("error")}}},
    }


def _form(schema: dict[str, Any]) -> dict[str, Any]:
    encoding = {"expand": {"explode": True, "style": "deepObject"}}
    return {
        "required": False,
        "content": {"application/x-www-form-urlencoded": {"encoding": encoding, "schema": schema}},
    }


def _paths(number: int, name: str) -> dict[str, Any]:
    plural, camel = _plural(name), "".join(part.title() for part in name.split("_"))
    key = {
        "name": name,
        "in": "path",
        "required": True,
        "style": "simple",
        "schema": {"type": "string", "maxLength": 5000},
    }
    paging = [
        {"name": "limit", "in": "query", "required": False, "style": "form", "schema": {"type": "integer"}},
        {"name": "starting_after", "in": "query", "required": False, "style": "form", "schema": {"type": "string", "maxLength": 5000}},
        {"name": "expand", "in": "query", "explode": True, "style": "deepObject", "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "created", "in": "query", "explode": True, "style": "deepObject",
         "schema": {"type": "object", "properties": {"gt": {"type": "integer"}, "lte": {"type": "integer"}}}},
    ]  # fmt: skip
    found = {
        f"/v1/{plural}": {
            "get": {"operationId": f"Get{camel}s", "parameters": paging, "responses": _answers(_page(name))},
            "post": {"operationId": f"Post{camel}s", "requestBody": _form(_ref(f"{name}_params")), "responses": _answers(_ref(name))},
        },
        f"/v1/{plural}/{{{name}}}": {
            "get": {"operationId": f"Get{camel}s{camel}", "parameters": [key], "responses": _answers(_ref(name))},
            "post": {"operationId": f"Post{camel}s{camel}", "parameters": [key], "requestBody": _form(_ref(f"{name}_params")),
                     "responses": _answers(_ref(name))},
            "delete": {"operationId": f"Delete{camel}s{camel}", "parameters": [key],
                       "responses": _answers({"type": "object", "required": ["deleted", "id"], "properties": {
                           "deleted": {"type": "boolean", "enum": [True]}, "id": {"type": "string"}}})},
        },
        f"/v1/{plural}/search": {
            "get": {"parameters": [{"name": "query", "in": "query", "required": True, "schema": {"type": "string"}}],
                    "responses": _answers(_page(name))},
        },
    }  # fmt: skip
    if number % 2:
        found[f"/v1/{plural}/{{{name}}}/cancel"] = {
            "post": {"operationId": f"Post{camel}sCancel", "parameters": [key], "responses": _answers(_ref(name))}
        }
    if number % 7 == 3:
        found[f"/v1/{plural}/{{{name}}}.pdf"] = {
            "get": {"parameters": [key], "responses": {"302": {"description": "There."}}}
        }
    return found
