"""Random dense kernels, and the patch positions of their values by the definition."""

import random

import numpy as np


def random_kernel(config, most_items):
    """Runs with gaps that fit a patch, and groups that begin at different positions."""
    most = config.patch_positions
    rows, taps = random.randint(1, 4), random.randint(1, 4)
    run = random.randint(1, max(1, most // (rows * taps) // random.choice([1, 2, 9])))
    left = most - rows * taps * run
    tap_gap = random.randint(0, left // (rows * taps)) if taps > 1 else 0
    left -= rows * (taps - 1) * tap_gap
    row_gap = random.randint(0, left // rows) if rows > 1 else 0
    left -= (rows - 1) * row_gap
    start = random.randint(0, left // 2)
    groups = random.choice([1, 3, most_items])
    return {
        "rows": rows,
        "taps": taps,
        "run": run,
        "tap_gap": tap_gap,
        "row_gap": row_gap,
        "start": start,
        "start_step": (left - start) // groups,
        "first_items": -(-most_items // groups) if groups > 1 else most_items,
        "group_items": -(-most_items // groups),
    }


def values_of(kernel):
    """Values of each work-item."""
    return kernel["rows"] * kernel["taps"] * kernel["run"]


def plain_kernel(length):
    """A single run."""
    kernel = dict.fromkeys(("tap_gap", "row_gap", "start", "start_step"), 0)
    return kernel | {"rows": 1, "taps": 1, "run": length, "first_items": 1, "group_items": 1}


def spread(values, kernel, positions):
    """Work-items over all positions of the patch."""
    items = np.zeros((len(values), positions), dtype=np.int64)
    for index, row in enumerate(values.tolist()):
        group = 0
        if index >= kernel["first_items"]:
            group = 1 + (index - kernel["first_items"]) // kernel["group_items"]
        place, left = kernel["start"] + group * kernel["start_step"], iter(row)
        for kernel_row in range(kernel["rows"]):
            place += kernel["row_gap"] if kernel_row else 0
            for tap in range(kernel["taps"]):
                place += kernel["tap_gap"] if tap else 0
                for _ in range(kernel["run"]):
                    items[index, place] = next(left)
                    place += 1
    return items
