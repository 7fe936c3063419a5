"""Random layers, each compiled alone for an accelerator."""

from grus.compiler.accelerator import compile_steps
from grus.compiler.fitting import fit_step
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.network.steps import LayerStep
from grus.sim.random_layers import random_layers


def single_layers(config, word_bytes, count, *, seed, most_macs=40_000):
    """Layers, samples of their two tensors, and programs."""
    widths = SlotWidths(config.data_bits, config.index_bits, word_bytes)
    for drawn in random_layers(config, count, seed=seed, most_macs=most_macs):
        step = LayerStep(layer=drawn.layer, source="inputs", target="results", nodes=[])
        sample = {"inputs": drawn.inputs, "results": drawn.program.expected}
        shapes = {name: values.shape for name, values in sample.items()}
        try:
            fitted = fit_step(step, drawn.inputs.shape, config)
            program = compile_steps(fitted, shapes, config, widths, steal=True, sample=sample)
        except (ValueError, IndexError):  # its cut is not aligned, or its pooling goes to the host
            continue
        yield drawn.layer, sample, program
