"""JSON in the one spelling of RFC 8785, held against what the RFC prints."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroute.ledger.canonical import canonical

NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
"""Bit patterns of numbers, and how ECMAScript writes them (RFC 8785, appendix B)."""


@pytest.mark.parametrize("bits", NUMBERS)
def test_a_number_is_written_as_the_rfc_writes_it(bits: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(number) == NUMBERS[bits]


def test_the_rfcs_own_example_is_written_as_printed_there() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert canonical(value) == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_sort_by_their_utf_16_units() -> None:
    """A smiley comes before a Hebrew letter with a point, though its number is higher."""
    names = ["€", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "ö"]
    assert list(json.loads(canonical(dict.fromkeys(names)))) == [
        *("\r", "1", "\u0080", "ö", "€", "\U0001f600", "\ufb33")
    ]


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        [float("inf")],
        {1: 2},
        {10: 1, 9: 2},
        {1.5: 1},
        {"a": {2, 3}},
        "\ud800",
        {"\ud800": 1},
        2**53 + 1,
        [-(10**21)],
        10**400,
        {"a": object()},
    ],
)
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical(value)


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(TREES)
def test_any_value_is_written_as_the_library_of_the_rfc_writes_it(value: Any) -> None:
    """Both allow whole numbers up to 2**53 - 1, finite floats and well-formed text."""
    rfc8785 = pytest.importorskip("rfc8785")  # in the extra `test`
    text = canonical(value)
    assert text.encode() == rfc8785.dumps(value)
    assert canonical(json.loads(text)) == text
