"""A table of the dossier: what is exported and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from great_tables import GT
from markupsafe import Markup, escape

_TABLE = re.compile(r"<table.*</table>", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """A shown column: key in the rows, heading, and whether it holds numbers."""

    key: str
    label: str
    numeric: bool = False
    spanner: str = ""


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    id : str
        Anchor in the page and name of the CSV file.
    title, note : str
        Heading and what to know before reading it.
    records : tuple of dict
        Rows as exported: plain values on the natural scale, the same keys in every row.
    html : Markup
        The table as shown.
    folded : bool
        Long and seldom read: shown closed.
    """

    id: str
    title: str
    note: str
    records: tuple[dict[str, Any], ...]
    html: Markup
    folded: bool = False


def show(
    table_id: str,
    columns: Sequence[Column],
    rows: Sequence[dict[str, str | Markup]],
    *,
    group: str = "",
) -> Markup:
    """Lay out rows with great_tables; every text is escaped, only `Markup` is taken as HTML.

    The first column names the row. `group` is the key of a text that gathers rows under a
    heading. Great Tables' own styles are dropped: the page has one style sheet, and its content
    policy allows no other.
    """
    keys = [column.key for column in columns]
    data = [{key: str(escape(row.get(key, ""))) for key in keys} for row in rows]
    frame = pd.DataFrame(data, columns=keys, dtype=object)
    if group:
        frame["_group"] = [str(row.get(group, "")) for row in rows]
    table = GT(
        frame, rowname_col=keys[0], groupname_col="_group" if group else None, id=table_id
    ).fmt(str, columns=keys)
    table = table.cols_label({column.key: column.label for column in columns[1:]})
    table = table.tab_stubhead(columns[0].label)
    table = table.cols_align("left", [c.key for c in columns[1:] if not c.numeric])
    numeric = [column.key for column in columns if column.numeric]
    if numeric:
        table = table.cols_align("right", numeric)
    for spanner in dict.fromkeys(column.spanner for column in columns if column.spanner):
        table = table.tab_spanner(spanner, [c.key for c in columns if c.spanner == spanner])
    found = _TABLE.search(table.as_raw_html())
    return Markup(found[0] if found else "")  # noqa: S704  # cells are escaped above
