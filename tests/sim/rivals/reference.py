"""The machines once more, as their papers say it: element by element, slowly."""

from itertools import product
from math import ceil


def places(layer):
    """Each output position with the taps that lie on the map: (row, column), taps."""
    _, rows, columns = layer.output_shape
    window = layer.window
    _, map_rows, map_columns = layer.inputs.shape
    for row, column in product(range(rows), range(columns)):
        taps = []
        for r, s in product(range(layer.kernel[0]), range(layer.kernel[1])):
            y = row * window.stride[0] + r * window.dilation[0] - window.padding[0]
            x = column * window.stride[1] + s * window.dilation[1] - window.padding[1]
            if 0 <= y < map_rows and 0 <= x < map_columns:
                taps.append((r, s, y, x))
        yield (row, column), taps


def sizes(layer):
    """Output channels and input channels of one group of the channels."""
    return len(layer.weights) // layer.groups, layer.weights.shape[1]


def skipped(layer, output):
    return layer.dropped is not None and bool(layer.dropped[output])


def effectual_macs(layer):
    of_group, channels = sizes(layer)
    macs = 0
    for _, taps in places(layer):
        for k in range(len(layer.weights)):
            if skipped(layer, k):
                continue
            for c, (r, s, y, x) in product(range(channels), taps):
                macs += bool(
                    layer.weights[k, c, r, s] and layer.inputs[k // of_group * channels + c, y, x]
                )
    return macs


def flat_kernel(weights, k):
    """Weights of one output, tap by tap, channels fastest."""
    _, channels, rows, columns = weights.shape
    return [
        bool(weights[k, c, r, s])
        for r, s, c in product(range(rows), range(columns), range(channels))
    ]


def dense_cycles(layer, pes, multipliers):
    of_group, _ = sizes(layer)
    passes = len(range(0, of_group, pes)) * len(range(0, layer.terms, multipliers))
    return sum(passes * layer.groups for _ in places(layer))


def cambricon_x_cycles(layer, machine):
    """Each position in its turn; PEs meet at the end of a tile."""
    of_group, _ = sizes(layer)
    row_bits = machine.multipliers_per_pe * (machine.data_bits + machine.step_bits)
    room = machine.weight_ram_bytes * 8 // machine.pes // row_bits
    cycles = 0
    for group in range(layer.groups):
        owned = [[] for _ in range(machine.pes)]
        for k in range(of_group):
            if machine.interleaved:
                owner = k % machine.pes
            else:
                owner = max(p for p in range(machine.pes) if p * of_group // machine.pes <= k)
            owned[owner].append(group * of_group + k)
        tiles = tiles_in_step if machine.tiles_in_step else tiles_filled
        work = [
            [rows_of(count, machine) for k in kernels for count in windows_of(layer, k, machine)]
            for kernels in owned
        ]
        for tile in tiles(work, room):
            slowest = max(map(len, tile))
            cycles += machine.fill_cycles + slowest * sum(1 for _ in places(layer))
    return cycles


def windows_of(layer, k, machine):
    """Weights of a kernel in each window, none at all if its output is dropped."""
    window = machine.window_inputs or layer.terms
    counts = [0] * ceil(layer.terms / window)
    if skipped(layer, k):
        return [None] * len(counts)
    zeros = 0
    for place, weight in enumerate(flat_kernel(layer.weights, k)):
        if weight:
            if machine.placeholders:
                # A step reaches over 2^bits - 1 zeros; a placeholder then stands on the next.
                reach = 1 << machine.step_bits
                for number in range(zeros // reach):
                    counts[(place - zeros + (number + 1) * reach - 1) // window] += 1
            counts[place // window] += 1
            zeros = 0
        else:
            zeros += 1
    return counts


def rows_of(count, machine):
    """A window's rows of weights: at least one, unless its output is dropped."""
    if count is None:
        return []
    return ["row"] * max(1, ceil(count / machine.multipliers_per_pe))


def tiles_filled(work, room):
    """Every PE fills its slice with its next rows."""
    rows = [[row for window in windows for row in window] for windows in work]
    longest = max(map(len, rows))
    return [[share[i : i + room] for share in rows] for i in range(0, longest, room)]


def tiles_in_step(work, room):
    """The n-th windows of all PEs stay together, unless they are larger than a slice."""
    tiles = [[[] for _ in work]]
    for number in range(max(map(len, work))):
        nexts = [windows[number] if number < len(windows) else [] for windows in work]
        if any(len(share) + len(rows) > room for share, rows in zip(tiles[-1], nexts, strict=True)):
            tiles.append([[] for _ in work])
        for first in range(0, max(map(len, nexts)), room):
            if first:
                tiles.append([[] for _ in work])
            for share, rows in zip(tiles[-1], nexts, strict=True):
                share += rows[first : first + room]
    return [tile for tile in tiles if any(tile)]


def cambricon_s(layer, machine):
    """Cycles, and slots with an input."""
    of_group, channels = sizes(layer)
    columns = layer.kernel[1]
    cycles = taken = 0
    for _, taps in places(layer):
        on_map = {(r, s): (y, x) for r, s, y, x in taps}
        for group in range(layer.groups):
            for start in range(0, of_group, machine.pes):
                block = range(
                    group * of_group + start,
                    group * of_group + min(start + machine.pes, of_group),
                )
                for first in range(0, layer.terms, machine.window_inputs):
                    found = 0
                    for place in range(first, min(first + machine.window_inputs, layer.terms)):
                        tap, c = divmod(place, channels)
                        r, s = divmod(tap, columns)
                        if (r, s) in on_map and any(layer.weights[k, c, r, s] for k in block):
                            found += bool(layer.inputs[(group * channels + c, *on_map[r, s])])
                    cycles += max(1, ceil(found / machine.multipliers_per_pe))
                    taken += found * len(block)
    return cycles, taken


def bounds(length, tiles, balanced):
    """Rows or columns of each tile."""
    if balanced:
        return [range(i * length // tiles, (i + 1) * length // tiles) for i in range(tiles)]
    size = ceil(length / tiles)
    return [range(min(i * size, length), min((i + 1) * size, length)) for i in range(tiles)]


def dcnn_cycles(layer, machine):
    """Each PE walks over its tile of the result; the largest decides."""
    _, rows, columns = layer.output_shape
    slowest = 0
    for tile_rows in bounds(rows, machine.pe_rows, machine.balanced):
        for tile_columns in bounds(columns, machine.pe_columns, machine.balanced):
            cycles = 0
            for _ in product(tile_rows, tile_columns, range(len(layer.weights))):
                cycles += len(range(0, layer.terms, machine.multipliers_per_pe))
            slowest = max(slowest, cycles)
    return slowest
