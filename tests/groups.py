"""Tests marked `xdist_group` run in one process, one after the other: what they share (an image, a Keycloak, a client's
build) is made once, and floods do not meet.

pytest-xdist 3.8 hands the group to its scheduler as a suffix of `Item._nodeid`, which pytest 9.2 no longer reads. This plugin writes it
where pytest does; it can go with the first pytest-xdist that does so itself.
"""

from __future__ import annotations

import pytest
from _pytest.nodeid import NodeId


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In each worker, with `--dist loadgroup`."""
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        names = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
        suffix = f"@{'_'.join(names)}"
        if names and not item.nodeid.endswith(suffix):
            item._id = NodeId.parse(f"{item.nodeid}{suffix}")
