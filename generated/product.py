"""The product's name, as the contract's `info` says it. Generated; do not edit."""

from __future__ import annotations

NAME = "stele"
TITLE = "Stele"
