"""Integers, numbers and decimals: their width, their bounds on both sides, and what they are multiples of.

Promises: what is read has a value. An integer's bounds become inclusive, of two bounds on one side the narrower counts.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from codegen.ir.types import INT32, INT64, Float, Int
from codegen.parse.constraints import Constraints
from codegen.parse.yaml_tree import Mapping, Scalar, text_of

FLOATS = ("double", "float")
"""Formats of a number, which has 64 bits all the same: with 32 the doors would round differently."""
POWERS = range(-28, 28)
"""Of ten: a decimal has 28 digits on either side of its point."""


class Numbers(Constraints):
    """Reads the keywords of one number; what is not of the keyword's type is a finding."""

    def _integer(self, node: Mapping, what: str) -> Int | None:
        form = text_of(node.get("format"))
        if form not in ("int32", "int64"):
            fix = "add `format: int32` or `format: int64`"
            self._refuse("S005", node.place, f"{what} is an integer without a width", fix)
            return None
        width = INT32 if form == "int32" else INT64
        low, high = (
            self._whole_bound(node, "minimum", 1, width[0], what),
            self._whole_bound(node, "maximum", -1, width[1], what),
        )
        if not width[0] <= low <= high <= width[1]:
            fix = "write the lower below the upper" if low > high else f"keep them inside {form}"
            self._refuse("S006", node.place, f"{what} has the bounds {low} … {high}", fix)
            return None
        step = self._whole_step(node, what)
        return (
            Int(32 if form == "int32" else 64, low, high, step)
            if self._has_multiple(node, low, high, step, what)
            else None
        )

    def _whole_bound(self, node: Mapping, key: str, inward: int, default: int, what: str) -> int:
        """The last number inside; `inward` is the direction away from an exclusive bound."""
        inclusive, exclusive = self._count(node, key, what), self._count(node, _exclusive(key), what)
        found = [inclusive] if inclusive is not None else []
        found += [exclusive + inward] if exclusive is not None else []
        return default if not found else max(found) if inward > 0 else min(found)

    def _whole_step(self, node: Mapping, what: str) -> int | None:
        step = self._count(node, "multipleOf", what)
        if step is not None and not 0 < step <= INT64[1]:
            self._refuse(
                "S021", node.entries["multipleOf"].place, f"multipleOf of {what} is {step}", "write a number above 0"
            )
            return None
        return None if step == 1 else step

    def _float(self, node: Mapping, what: str) -> Float | None:
        form = node.get("format")
        if form is not None and text_of(form) not in FLOATS:
            message = f"{what} has the unknown format {text_of(form)!r}"
            self._refuse("S007", form.place, message, "write double, or none")
            return None
        low, above = self._number(node, "minimum", what), self._number(node, "exclusiveMinimum", what)
        high, below = self._number(node, "maximum", what), self._number(node, "exclusiveMaximum", what)
        low, above = (None, above) if above is not None and (low is None or above >= low) else (low, None)
        high, below = (None, below) if below is not None and (high is None or below <= high) else (high, None)
        found = Float(low, high, above, below, self._step(node, what))
        is_held = self._holds_one(node, found, what)
        return found if is_held and self._has_multiple(node, found.least, found.most, found.multiple_of, what) else None

    def _holds_one(self, node: Mapping, kind: Float, what: str) -> bool:
        """Whether a double lies inside of the bounds."""
        if kind.exclusive_minimum is None and kind.exclusive_maximum is None:
            return self._ordered(node, kind.minimum, kind.maximum, what)
        is_empty = kind.least is not None and kind.most is not None and kind.least > kind.most
        if is_empty:
            low = f"at least {kind.minimum}" if kind.exclusive_minimum is None else f"above {kind.exclusive_minimum}"
            high = f"at most {kind.maximum}" if kind.exclusive_maximum is None else f"below {kind.exclusive_maximum}"
            self._refuse("S006", node.place, f"{what} is {low} and {high}", "let something lie between its bounds")
        return not is_empty

    def _step(self, node: Mapping, what: str) -> float | None:
        step = self._number(node, "multipleOf", what)
        if step is None or step > 0:
            return step
        self._refuse(
            "S021", node.entries["multipleOf"].place, f"multipleOf of {what} is {step}", "write a number above 0"
        )
        return None

    def _has_multiple(
        self, node: Mapping, low: float | None, high: float | None, step: float | None, what: str
    ) -> bool:
        if low is None or high is None or step is None:
            return True
        least, most, whole = (Fraction(Decimal(repr(value))) for value in (low, high, step))
        has_one = math.ceil(least / whole) * whole <= most
        if not has_one:
            message = f"{what} has the bounds {low} … {high}, and no multiple of {step} lies between them"
            self._refuse("S006", node.entries["multipleOf"].place, message, "let a multiple lie between them")
        return has_one

    def _power(self, node: Mapping, what: str) -> str | None:
        """`multipleOf` of a decimal, written out."""
        step = self._number(node, "multipleOf", what)
        if step is None:
            return None
        sign, digits, exponent = Decimal(repr(step)).normalize().as_tuple()
        if sign == 0 and digits == (1,) and isinstance(exponent, int) and exponent in POWERS:
            return f"{Decimal(repr(step)).normalize():f}"
        message = f"multipleOf of {what} is {step}, which is no power of ten that a decimal has"
        fix = (
            "write 0.01, 1, 10 …: it is text, and other tools are told by a pattern, which can say where its digits end"
        )
        self._refuse("S028", node.entries["multipleOf"].place, message, fix)
        return None

    def _number(self, node: Mapping, key: str, what: str) -> float | None:
        value = node.get(key)
        if value is None:
            return None
        number = value.value if isinstance(value, Scalar) else None
        if isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number):
            return float(number)
        fix = (
            "write the bound itself: a flag is of OpenAPI 3.0"
            if number is True
            else "write a finite number, without quotes"
        )
        self._refuse("S021", value.place, f"{key} of {what} is not a number", fix)
        return None


def _exclusive(key: str) -> str:
    return f"exclusive{key[0].upper()}{key[1:]}"
