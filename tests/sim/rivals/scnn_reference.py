"""SCNN once more: vector by vector, with queues that hold products."""

from itertools import product
from math import ceil

from tests.sim.rivals.reference import bounds, sizes, skipped


class Banks:
    """The accumulator banks of one PE.

    Each call of `accept` is one vector of products; it returns the cycles until it has gone.
    """

    def __init__(self, model):
        self.model = model
        self.queues = [0] * 32

    def accept(self, products):
        hits = [0] * 32
        for k, y, x in products:
            hits[self.bank(k, y, x)] += 1
        if self.model == "pessimistic":
            return max(1, *hits)
        if self.model == "none":
            return 1
        cycles = 0
        self.queues = [held + new for held, new in zip(self.queues, hits, strict=True)]
        while True:  # a bank takes one product; what is beyond its queue waits outside
            crowded = max(self.queues) > 8
            self.queues = [max(0, held - 1) for held in self.queues]
            cycles += 1
            if not crowded:
                return cycles

    def bank(self, k, y, x):
        if self.model == "pessimistic":
            mixed = (((k & 4) << 2) ^ ((x & 2) << 3) ^ ((y & 2) << 3)) + ((x & 1) << 3)
            return (mixed + ((y & 1) << 2) + (k & 3)) % 32
        return (k * 373**2 + y * 373 + x) % 32


def scnn(layer, machine, outputs_of_group):
    """Cycles, products, products on the map, cycles of all PEs without and with conflicts."""
    of_group, _ = sizes(layer)
    tiles = list(
        product(
            bounds(layer.inputs.shape[1], machine.pe_rows, machine.balanced),
            bounds(layer.inputs.shape[2], machine.pe_columns, machine.balanced),
        )
    )
    totals = {"products": 0, "on map": 0, "vectors": 0, "with conflicts": 0}
    spent = []  # by block: by PE: by channel
    for group in range(layer.groups):
        for start in range(0, of_group, outputs_of_group):
            block = range(start, min(start + outputs_of_group, of_group))
            outputs = [group * of_group + k for k in block]
            spent.append([play_pe(layer, machine, group, outputs, tile, totals) for tile in tiles])
    if machine.barrier == "channel":
        cycles = sum(max(per_pe) for block in spent for per_pe in zip(*block, strict=True))
    elif machine.barrier == "group":
        cycles = sum(max(sum(pe) for pe in block) for block in spent)
    else:
        cycles = max(sum(sum(block[pe]) for block in spent) for pe in range(len(tiles)))
    return cycles, totals


def play_pe(layer, machine, group, outputs, tile, totals):
    """Cycles of one PE in each channel of a block."""
    channels = layer.weights.shape[1]
    stride, dilation, padding = layer.window.stride, layer.window.dilation, layer.window.padding
    _, rows, columns = layer.output_shape
    banks = Banks(machine.banks)
    spent = []
    for c in range(channels):
        spent.append(0)
        for phase in product(range(stride[0]), range(stride[1])):
            activations = [
                (y + padding[0], x + padding[1])
                for y, x in product(*tile)
                if layer.inputs[group * channels + c, y, x]
                and ((y + padding[0]) % stride[0], (x + padding[1]) % stride[1]) == phase
            ]
            weights = [
                (k, r * dilation[0], s * dilation[1])
                for k, r, s in product(outputs, range(layer.kernel[0]), range(layer.kernel[1]))
                if layer.weights[k, c, r, s]
                and not skipped(layer, k)
                and (r * dilation[0] % stride[0], s * dilation[1] % stride[1]) == phase
            ]
            wide, deep = machine.activations_wide, machine.weights_wide
            totals["vectors"] += ceil(len(activations) / wide) * ceil(len(weights) / deep)
            for i, j in product(range(0, len(activations), wide), range(0, len(weights), deep)):
                meeting = list(product(activations[i : i + wide], weights[j : j + deep]))
                on_map = []
                for (y, x), (k, r, s) in meeting:
                    row, column = (y - r) / stride[0], (x - s) / stride[1]
                    assert row == int(row)
                    assert column == int(column)
                    if 0 <= row < rows and 0 <= column < columns:
                        on_map.append((k, int(row), int(column)))
                totals["products"] += len(meeting)
                totals["on map"] += len(on_map)
                spent[-1] += banks.accept(on_map)
    totals["with conflicts"] += sum(spent)
    return spent
