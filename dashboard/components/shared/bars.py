"""Horizontal bars with a name and a number: counts per label, probabilities per class."""

from collections.abc import Iterable
from html import escape

import streamlit as st

STYLE = """
<style>
.fc-bars {display: grid; grid-template-columns: max-content 1fr max-content; gap: .45rem .75rem;
  align-items: center; font-size: .95rem; font-variant-numeric: tabular-nums}
.fc-bars .track {height: .8rem; border-radius: .4rem; overflow: hidden;
  background: color-mix(in srgb, currentColor 12%, transparent)}
.fc-bars .fill {height: 100%; border-radius: .4rem; background: #17a566; transition: width .25s}
.fc-bars .dim {opacity: .6}
.fc-bars .chosen {font-weight: 700}
</style>
"""


def bars_html(rows: Iterable[tuple[str, float, str]], chosen: str | None = None) -> str:
    """Return rows of (name, share 0..1, text) as HTML; the row named `chosen` stands out."""
    cells = []
    for name, share, text in rows:
        weight = "chosen" if name == chosen else "dim" if not share else ""
        cells.append(
            f'<div class="{weight}">{escape(name)}</div>'
            f'<div class="track"><div class="fill" style="width:{100 * share:.1f}%"></div></div>'
            f'<div class="{weight}" style="text-align:right">{escape(text)}</div>'
        )
    return f'{STYLE}<div class="fc-bars">{"".join(cells)}</div>'


def bars(rows: Iterable[tuple[str, float, str]], chosen: str | None = None) -> None:
    """Show rows of (name, share 0..1, text) as bars; the row named `chosen` stands out."""
    st.html(bars_html(rows, chosen))
