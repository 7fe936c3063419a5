"""What is worked out against gates that are simulated one by one."""

import numpy as np
import pytest

from grus.hw.emit import to_rtlil
from grus.hw.pe.multipliers import Multipliers
from grus.hw.presets import TINY
from grus.synth.circuit import Circuit
from grus.synth.flow import asic_flow
from grus.synth.mapping import map_modules
from grus.synth.netlist import unpack_netlist
from grus.synth.power_cells import power_library
from grus.synth.recording import Recording, rates_of
from grus.synth.rtlil import split_modules
from tests.synth.powered_library import powered_library

CYCLES, RUNS, WARM = 40, 64, 5


@pytest.fixture(scope="module")
def multipliers():
    flow = asic_flow(powered_library())
    modules = split_modules(to_rtlil(Multipliers(TINY)))
    netlist = unpack_netlist(map_modules(modules, flow)["Multipliers"].netlist)
    return netlist, modules, power_library(flow.library, netlist.cells)


def simulate(netlist, library, hold):
    """Values of all nets, shape (cycles, runs, nets): with a chance of `hold` inputs stay."""
    rng = np.random.default_rng(1)
    gates = []
    for kind, pins in netlist.cells.items():
        cell = library.cells[kind]
        inputs = [pin for pin in cell.inputs if pin]
        for nets in zip(*pins.values(), strict=True):
            of_pin = dict(zip(pins, nets, strict=True))
            gates.append((cell, [of_pin[pin] for pin in inputs], of_pin))
    registers = [nets for cell, _, nets in gates if cell.clock]
    left = [gate for gate in gates if not gate[0].clock]
    driven = {nets["Y"] for _, _, nets in left}
    free = sorted(set(range(2, netlist.nets - 1)) - driven - {nets["Q"] for nets in registers})
    order, waiting = [], driven
    while left:
        order += [gate for gate in left if waiting.isdisjoint(gate[1])]
        left = [gate for gate in left if not waiting.isdisjoint(gate[1])]
        waiting = {nets["Y"] for _, _, nets in left}
    now = np.zeros((netlist.nets, RUNS), dtype=np.int8)
    now[1] = 1
    values = np.zeros((CYCLES, *now.shape), dtype=np.int8)
    for cycle in range(-WARM, CYCLES):
        held = now[[nets["D"] for nets in registers]]
        now[[nets["Q"] for nets in registers]] = held
        moves = rng.random(RUNS) >= hold
        now[free] = np.where(moves, rng.random((len(free), RUNS)) < 0.5, now[free])
        for cell, inputs, nets in order:
            state = sum(now[net] << at for at, net in enumerate(reversed(inputs)))
            now[nets["Y"]] = cell.functions["Y"][state]
        values[max(cycle, 0)] = now
    return values.swapaxes(1, 2)


@pytest.mark.parametrize(("hold", "least", "most"), [(0.0, 0.85, 1.15), (0.7, 0.85, 1.15)])
def test_gates_change_about_as_often_as_in_a_simulation(multipliers, hold, least, most):
    netlist, modules, library = multipliers
    values = simulate(netlist, library, hold)
    changes = (values[1:] != values[:-1]).sum(axis=(0, 1))
    high, cycles = values.mean(axis=(0, 1)), (CYCLES - 1) * RUNS
    nets = {
        (name if len(bits) == 1 else f"{name}[{at}]"): (int(changes[net]), float(high[net]))
        for name, bits in netlist.names.items()
        for at, net in enumerate(bits)
    }
    circuit = Circuit(netlist, library)
    seen = rates_of(netlist, modules, [""], Recording({"": nets}, cycles, 0))
    exact = seen._replace(
        high=high, toggles=changes / cycles, known=np.ones(netlist.nets, dtype=bool)
    )
    ratio = circuit.energies(circuit.settle(seen)).switching / circuit.energies(exact).switching
    print(f"{hold}: {ratio:.3f}")
    assert least < ratio < most
