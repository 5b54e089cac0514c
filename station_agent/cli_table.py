"""Tables of the command line. Only commands that print one load this: the running agent does without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 100_000
"""Columns where nobody's screen has an edge: no row is cut or broken, so that it can be searched by lines."""


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table on standard output, as wide as the terminal; into a file or a program a row a line.

    Every text stands as it is: `song [old].wav` has no style in it, and `:bell:` is no picture.
    """
    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(*row)
    console = Console(markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(table)
