"""Names in tables and messages do nothing by themselves."""

import pytest

from fingercount.text import cell, one_line


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@name", "\tx", "\rx"])
def test_a_cell_is_no_formula(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["two", "a-b", "", "1=1", "ann@home"])
def test_other_cells_stay_as_they_are(text):
    assert cell(text) == text


def test_a_name_stays_on_its_line_and_steers_nothing():
    assert one_line("a\nb\rc\x1b[31md\u202egpj") == r"a\nb\rc\x1b[31md\u202egpj"
    assert one_line("Ünal – 指 two") == "Ünal – 指 two"
