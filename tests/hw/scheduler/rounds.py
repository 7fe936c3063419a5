"""Rounds, what the banks hold for them, and the work-items that they mean."""

import random
from typing import NamedTuple

from tests.support.ports import flags


class Fill(NamedTuple):
    """One half of one bank: rows that end a work-item, and flags left behind by an older fill."""

    ends: list
    stale: list

    def payload(self):
        return {"ends": flags([*self.ends, *self.stale]), "last_row": self.ends[-1]}


def random_fill(config, items):
    """A bank with `items` work-items; one without any still shows what it held before."""
    rows = config.resident_rows
    ends = sorted(random.sample(range(rows), max(items, 1)))
    return Fill(ends, [row for row in range(ends[-1] + 1, rows) if random.random() < 0.5])


def make_round(config, *, items, columns=1, column_step=0, address=0, steal=1, last_pe=None):
    """A round whose derived fields agree with each other."""
    words = items * columns
    return {
        "patch_half": random.getrandbits(1),
        "resident_half": random.getrandbits(1),
        "output_half": random.getrandbits(1),
        "items": items,
        "last_pe": config.pes - 1 if last_pe is None else last_pe,
        "columns": columns,
        "words": words,
        "address": address,
        "last_address": address + words - items,
        "column_step": column_step,
        "last_offset": (columns - 1) * column_step,
        "steal": steal,
    }


def random_round(config, **fixed):
    """Any round that the design admits."""
    items = random.randint(1, config.resident_rows)
    columns = random.randint(1, min(config.output_words // items, 5))
    return make_round(
        config,
        items=items,
        columns=columns,
        column_step=random.randint(0, (config.patch_positions - 1) // max(columns - 1, 1)),
        address=random.randint(0, config.output_words - items * columns),
        **fixed,
    )


def items_of(round_, fill, *, fewer):
    """Work-items of one bank in order: column by column, in each by rows."""
    if round_["items"] == fewer:
        return []
    first_rows = [0, *(end + 1 for end in fill.ends[:-1])]
    return [
        {
            "first_row": first_row,
            "last_row": last_row,
            "offset": column * round_["column_step"],
            "address": round_["address"] + column * round_["items"] + index,
        }
        for column in range(round_["columns"])
        for index, (first_row, last_row) in enumerate(zip(first_rows, fill.ends, strict=True))
    ]
