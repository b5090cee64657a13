"""Rows keep their order and their bound, and equal values are one."""

from __future__ import annotations

from proof.mock.store import MAX_GONE, MAX_KEYS, MAX_ROWS, Keys, Table, is_asked_again


def test_a_row_is_found_changed_and_removed() -> None:
    table = Table("id")
    table.put({"id": 1, "name": "a"})
    table.put({"id": 2, "name": "b"})
    table.put({"id": 1, "name": "c"})
    assert [one.value["name"] for one in table.having({})] == ["c", "b"]
    assert table.find({"id": 1.0}) == {"id": 1, "name": "c"}
    assert table.find({"name": "b"}) == {"id": 2, "name": "b"}
    assert table.find({"id": 1, "name": "b"}) is None
    table.remove({"id": 1, "name": "c"})
    assert table.find({"id": 1}) is None
    assert table.was_removed({"id": 1})
    assert not table.was_removed({"id": 2})


def test_true_is_not_one() -> None:
    table = Table("id")
    table.put({"id": 1})
    assert table.find({"id": True}) is None


def test_the_oldest_row_goes_beyond_the_bound() -> None:
    table = Table("id")
    for number in range(MAX_ROWS + 2):
        table.put({"id": number})
    assert len(table.rows) == MAX_ROWS
    assert not table.has(0)
    assert table.has(MAX_ROWS + 1)
    assert table.made == MAX_ROWS + 2


def test_what_was_removed_is_remembered_within_a_bound() -> None:
    table = Table("id")
    for number in range(MAX_GONE + 2):
        table.put({"id": number})
        table.remove({"id": number})
    assert len(table.gone) == MAX_GONE


def test_a_key_keeps_its_answer_within_a_bound() -> None:
    keys = Keys()
    keys.keep(("make", "eve", "k"), {"name": "a"}, {"id": 1})
    kept = keys.find(("make", "eve", "k"))
    assert kept is not None
    assert kept.value == {"id": 1}
    assert is_asked_again(kept, {"name": "a"})
    assert not is_asked_again(kept, {"name": "b"})
    assert keys.find(("make", "adam", "k")) is None
    for number in range(MAX_KEYS):
        keys.keep(("make", "eve", str(number)), {}, None)
    assert keys.find(("make", "eve", "k")) is None
