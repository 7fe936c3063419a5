"""Tiles as the round sequencer sees them, and their strips."""

import random


def strip_of(config, columns, items):
    """A strip of so many columns; the rest of its fields is anything that fits."""
    return {
        "columns": columns,
        "run": random.randint(1, config.patch_positions),
        "words": columns * items,
        "last_offset": random.randrange(config.patch_positions),
    }


def random_tile(config, *, drain):
    """A tile whose sums fit the output RAM: all at once unless it is drained."""
    items = random.randint(1, min(config.resident_rows, 4))
    columns = random.randint(1, 3)
    room = config.output_words // (items * columns)  # rounds
    strips = random.randint(1, min(room, 3))
    rows = random.randint(1, min(room // strips, 4))
    reach = config.broadcast_positions // 2
    return {
        "load_resident": random.getrandbits(1),
        "load_broadcast": random.getrandbits(1),
        "drain": drain,
        "steal": random.getrandbits(1),
        "items": items,
        "last_pe": random.randrange(config.pes),
        "rounds": {
            "rows": rows,
            "strips": strips,
            "strip": strip_of(config, columns, items),
            "last_strip": strip_of(config, random.randint(1, columns), items),
            "strip_step": random.randint(0, reach // strips),
            "row_step": random.randint(0, reach // rows),
            "kernel_rows": random.randint(1, config.patch_positions),
            "kernel_row_step": random.randrange(config.broadcast_positions),
            "patch_step": random.randrange(config.patch_positions),
            "column_step": random.randrange(config.patch_positions),
            "chunk_rounds": random.randint(1, rows * strips) if drain else rows * strips,
        },
    }


def strips_of(tile):
    """Strip, first position, first word; whether it ends the tile, fills a half, and how far."""
    rounds = tile["rounds"]
    walk, address, count = [], 0, 0
    for row in range(rounds["rows"]):
        for number in range(rounds["strips"]):
            row_ends = number == rounds["strips"] - 1
            strip = rounds["last_strip"] if row_ends else rounds["strip"]
            last = row_ends and row == rounds["rows"] - 1
            count += 1
            chunk_ends = last or count == rounds["chunk_rounds"]
            filled = address + strip["words"]
            walk.append(
                {
                    "strip": strip,
                    "source": row * rounds["row_step"] + number * rounds["strip_step"],
                    "address": address,
                    "last": int(last),
                    "fills": int(chunk_ends and tile["drain"]),
                    "filled": filled,
                }
            )
            address, count = (0, 0) if chunk_ends else (filled, count)
    return walk
