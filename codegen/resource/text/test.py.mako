<%
plain = [one for one in r.columns if one.target is None]
users = r.testers if len(r.testers) > r.is_owned else r.users("get", "create", "update", "delete")
user = users[0] if r.is_owned else users[-1]
deleter = {one: user if user in r.holders(one.deleters) or one.is_owned else next(iter(r.holders(one.deleters)), None) for one in r.targets}
deaf = next((user for user, roles in r.grants.items() if r.role["follow"] not in roles), None)
reader = next((user for user in r.users("get") if user not in r.users("create")), None)
nobody = next((user for user in r.grants if user not in r.users("get")), None)
listener = next(iter(r.users("follow")), users[-1])
client = f"client.{r.plural}"
a_new = f"new_{r.name}"
required = ", **await references(client)" if r.references else ""
kept = "".join(f", {one.name}={r.name}.{one.name}" for one in r.references)
filtered = [one for one in r.filters if one.target is None and one.kind.samples[0] != one.kind.samples[1]]
%>\
"""${r.many_words.capitalize()} at the four doors: what becomes of one, who may do it${", what is another's" if r.is_owned else ""}, and what is heard of it."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from generated.client import AsyncClient, errors, models
from tests.features.conftest import ABSENT, Connect, heard
% for one in r.targets:
from tests.features.test_${one.plural} import new_${one.name}
% endfor

% if r.is_owned:
USER, STRANGER = "${user}", "${users[1]}"
"""Either may do everything, with ${r.many_words} of their own."""
% else:
USER = "${user}"
"""May do everything."""
% endif
FIELDS: dict[str, Any] = {${", ".join(f'"{one.name}": {one.kind.samples[0]}' for one in plain)}}
OTHERS: dict[str, Any] = {${", ".join(f'"{one.name}": {one.kind.samples[1]}' for one in plain)}}


% if r.references:
async def references(client: AsyncClient) -> dict[str, Any]:
    """What ${r.a} refers to, new."""
    return {${", ".join(f'"{one.name}": (await new_{one.target.name}(client)).id' for one in r.references)}}


% endif
async def ${a_new}(client: AsyncClient) -> models.${r.pascal}:
    return await ${client}.create(**FIELDS${required})


def fields_of(${r.name}: models.${r.pascal}) -> dict[str, Any]:
    return {name: getattr(${r.name}, name) for name in FIELDS}


async def test_what_is_created_is_read_changed_and_deleted(connect: Connect) -> None:
    client = await connect(USER)
    ${r.name} = await ${a_new}(client)
    assert (fields_of(${r.name}), ${r.name}.version) == (FIELDS, 1)
    assert await ${client}.get(${r.id}=${r.name}.id) == ${r.name}
    changed = await ${client}.update(${r.id}=${r.name}.id, expected_version=1, **OTHERS${kept})
    assert (fields_of(changed), changed.version) == (OTHERS, 2)
    assert await ${client}.get(${r.id}=${r.name}.id) == changed
    await ${client}.delete(${r.id}=${r.name}.id, expected_version=2)
    with pytest.raises(errors.${r.pascal}NotFound):
        await ${client}.get(${r.id}=${r.name}.id)


async def test_a_change_of_another_version_is_refused(connect: Connect) -> None:
    client = await connect(USER)
    ${r.name} = await ${a_new}(client)
    with pytest.raises(errors.VersionMismatch):
        await ${client}.update(${r.id}=${r.name}.id, expected_version=2, **OTHERS${kept})
    with pytest.raises(errors.VersionMismatch):
        await ${client}.delete(${r.id}=${r.name}.id, expected_version=2)
    assert await ${client}.get(${r.id}=${r.name}.id) == ${r.name}


async def test_what_is_not_there_is_neither_changed_nor_deleted(connect: Connect) -> None:
    client = await connect(USER)
% if r.references:
    named = await references(client)
% endif
    with pytest.raises(errors.${r.pascal}NotFound):
        await ${client}.update(${r.id}=ABSENT, **OTHERS${", **named" if r.references else ""})
    with pytest.raises(errors.${r.pascal}NotFound):
        await ${client}.delete(${r.id}=ABSENT)


async def test_a_cursor_that_nobody_was_given_is_refused(connect: Connect) -> None:
    client = await connect(USER)
    with pytest.raises(errors.CursorInvalid):
        await ${client}.get_page(cursor="a cursor of one's own")


async def test_pages_have_each_${r.name}_once(connect: Connect) -> None:
    client = await connect(USER)
    made = {(await ${a_new}(client)).id for _ in range(3)}
    first = await ${client}.get_page(per_page=2)
    assert (len(first.items), first.meta.has_more) == (2, True)
    found = [one.id async for one in ${client}.paginate(per_page=100)]
    assert made <= set(found)
    assert found == sorted(set(found))
% if filtered:


@pytest.mark.parametrize("name", [${", ".join(f'"{one.name}"' for one in filtered)}])
async def test_a_filter_finds_its_value_alone(connect: Connect, name: str) -> None:
    client = await connect(USER)
    ${r.name} = await ${a_new}(client)
    other = await ${client}.create(**{**FIELDS, name: OTHERS[name]}${required})
    wanted: dict[str, Any] = {name: FIELDS[name]}
    found = [one async for one in ${client}.paginate(per_page=100, **wanted)]
    assert ${r.name} in found
    assert other not in found
% endif
% for one in r.references:


async def test_the_filter_${one.name}_finds_its_value_alone(connect: Connect) -> None:
    client = await connect(USER)
    ${r.name}, _ = await ${a_new}(client), await ${a_new}(client)
    found = [one async for one in ${client}.paginate(${one.name}=${r.name}.${one.name})]
    assert found == [${r.name}]


async def test_${one.name}_names_what_is_there${"_and_the_callers" if one.target.is_owned else ""}(connect: Connect) -> None:
    client = await connect(USER)
    ${r.name} = await ${a_new}(client)
    named: dict[str, Any] = {**await references(client), "${one.name}": ABSENT}
    with pytest.raises(errors.${one.target.pascal}NotFound):
        await ${client}.create(**FIELDS, **named)
    with pytest.raises(errors.${one.target.pascal}NotFound):
        await ${client}.update(${r.id}=${r.name}.id, **OTHERS, **named)
% if one.target.is_owned and r.is_owned:
    named["${one.name}"] = (await new_${one.target.name}(await connect(STRANGER))).id
    with pytest.raises(errors.${one.target.pascal}NotFound):
        await ${client}.create(**FIELDS, **named)
    with pytest.raises(errors.${one.target.pascal}NotFound):
        await ${client}.update(${r.id}=${r.name}.id, **OTHERS, **named)
% endif
% if one.target.says_in_use and deleter[one.target]:


async def test_what_${one.name}_names_is_not_deleted(connect: Connect) -> None:
    client = await connect(USER)
% if deleter[one.target] == user:
<% by = "client" %>\
% else:
<% by = "deleter" %>\
    deleter = await connect("${deleter[one.target]}")
% endif
    named = await references(client)
    ${r.name} = await ${client}.create(**FIELDS, **named)
    with pytest.raises(errors.${one.target.pascal}InUse):
        await ${by}.${one.target.plural}.delete(${one.target.name}_id=named["${one.name}"])
    await ${client}.delete(${r.id}=${r.name}.id)
    await ${by}.${one.target.plural}.delete(${one.target.name}_id=named["${one.name}"])
% endif
% endfor
% if r.is_owned:


async def test_what_is_anothers_is_not_there(connect: Connect) -> None:
    """The answer about another's ${r.words} is that about one that never was."""
    owner, stranger = await connect(USER), await connect(STRANGER)
    ${r.name} = await ${a_new}(owner)
    not_there = ("${r.name}_not_found", 404, "There is no such ${r.words}.", None)
    assert await refusals(stranger, ${r.name}.id) == await refusals(stranger, ABSENT) == [not_there] * 3
    assert ${r.name}.id not in [one.id async for one in stranger.${r.plural}.paginate(per_page=100)]
    assert await owner.${r.plural}.get(${r.id}=${r.name}.id) == ${r.name}


async def refusals(client: AsyncClient, ${r.id}: int) -> list[tuple[str, int, str, str | None]]:
    """What is answered to reading, changing and deleting."""
% if r.references:
    named = await references(client)
% endif
    calls: list[Awaitable[object]] = [
        ${client}.get(${r.id}=${r.id}),
        ${client}.update(${r.id}=${r.id}, **OTHERS${", **named" if r.references else ""}),
        ${client}.delete(${r.id}=${r.id}),
    ]
    found = []
    for call in calls:
        with pytest.raises(errors.ApiError) as refused:
            await call
        found.append((refused.value.code, refused.value.status, refused.value.title, refused.value.detail))
    return found
% endif
% if reader:


async def test_a_reader_changes_nothing(connect: Connect) -> None:
    client = await connect("${reader}")
    with pytest.raises(errors.Forbidden):
        await ${client}.create(**FIELDS${"".join(f', {one.name}=ABSENT' for one in r.references)})
    with pytest.raises(errors.Forbidden):
        await ${client}.update(${r.id}=ABSENT, **OTHERS${"".join(f', {one.name}=ABSENT' for one in r.references)})
    with pytest.raises(errors.Forbidden):
        await ${client}.delete(${r.id}=ABSENT)
    assert (await ${client}.get_page()).meta.page == 1
% endif
% if nobody:


async def test_a_caller_without_a_role_reads_nothing(connect: Connect) -> None:
    client = await connect("${nobody}")
    with pytest.raises(errors.Forbidden):
        await ${client}.get(${r.id}=ABSENT)
    with pytest.raises(errors.Forbidden):
        await ${client}.get_page()
% endif


async def test_who_follows_hears_of_every_change(connect: Connect) -> None:
    client, listener = await connect(USER), await connect("${listener}", follows=True)
    created = listener.events(models.${r.pascal}Created)
    updated = listener.events(models.${r.pascal}Updated)
    deleted = listener.events(models.${r.pascal}Deleted)
    async with created, updated, deleted:
        ${r.name} = await ${a_new}(client)
        changed = await ${client}.update(${r.id}=${r.name}.id, **OTHERS${kept})
        await ${client}.delete(${r.id}=${r.name}.id)
        await heard(created, models.${r.pascal}Created(${r.name}=${r.name}))
        await heard(updated, models.${r.pascal}Updated(${r.name}=changed))
        await heard(deleted, models.${r.pascal}Deleted(${r.name}=changed))
% if r.is_owned and deaf:


async def test_what_happens_to_anothers_is_not_heard_with_the_role_that_reads_ones_own(connect: Connect) -> None:
    client = await connect("${deaf}", follows=True)
    with pytest.raises(errors.Forbidden):
        async with client.events(models.${r.pascal}Created):
            pass
% endif
