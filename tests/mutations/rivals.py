"""Breaks in the workloads and in the rivals' cycle models."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_COUNTING = "tests/sim/rivals/test_counting.py"
_WORKLOADS = "tests/sim/workloads"

# What is broken, module of sim/rivals, what it says, what it says once broken, what notices.
_RIVALS = [
    (
        "placeholders of a long run are forgotten",
        "cambricon_x",
        "while term - last - 1 > largest_run:",
        "if term - last - 1 > largest_run:",
        f"{_COUNTING}::test_cambricon_x",
    ),
    (
        "an empty window takes no cycle",
        "cambricon_x",
        "return np.maximum(1, -(-stored",
        "return np.maximum(0, -(-stored",
        f"{_COUNTING}::test_cambricon_x",
    ),
    (
        "dropped outputs are worked on",
        "cambricon_x",
        "rows = np.where(used[:, None], self._rows(stored), 0)",
        "rows = self._rows(stored)",
        f"{_COUNTING}::test_cambricon_x",
    ),
    (
        "tiles of all PEs begin where the slowest ends",
        "cambricon_x",
        "start = np.maximum(start, tile * room)",
        "start = np.maximum(start, start.max())",
        f"{_COUNTING}::test_cambricon_x",
    ),
    (
        "the patch is flattened with columns fastest",
        "cambricon_x",
        "weights.transpose(0, 2, 3, 1)",
        "weights.transpose(0, 1, 2, 3)",
        f"{_COUNTING}::test_cambricon_x",
    ),
    (
        "a pixel that reaches over two words is cut",
        "cambricon_s",
        "patch[word + part + 1] |= pixel[part]",
        "patch[word + part] |= pixel[part]",
        f"{_COUNTING}::test_cambricon_s",
    ),
    (
        "an empty window of a block takes no cycle",
        "cambricon_s",
        "cycles += max(1, (found",
        "cycles += max(0, (found",
        f"{_COUNTING}::test_cambricon_s",
    ),
    (
        "a block has twice the PEs' outputs",
        "cambricon_s",
        "starts = np.arange(0, of_group, self.pes)",
        "starts = np.arange(0, of_group, 2 * self.pes)",
        f"{_COUNTING}::test_cambricon_s",
    ),
    (
        "dilation is left out of the patch",
        "cambricon_s",
        "tap // kernel[1] * dilation[0]",
        "tap // kernel[1]",
        f"{_COUNTING}::test_cambricon_s",
    ),
    (
        "tiles are cut as ceil(rows / PE rows) always",
        "scnn_streams",
        "if balanced:",
        "if not balanced:",
        f"{_COUNTING}::test_scnn",
    ),
    (
        "the streams' elements are in another list",
        "scnn_streams",
        "return where, starts",
        "return where[::-1], starts",
        f"{_COUNTING}::test_scnn",
    ),
    (
        "weights of dropped outputs are multiplied",
        "scnn_streams",
        "flat = layer.effectual_weights.reshape",
        "flat = layer.weights.reshape",
        f"{_COUNTING}::test_scnn",
    ),
    (
        "vectors of weights are as wide as those of activations",
        "scnn",
        "-(-blocks // self.weights_wide)",
        "-(-blocks // self.activations_wide)",
        f"{_COUNTING}::test_scnn",
    ),
    (
        "PEs meet once a layer",
        "scnn",
        'if self.barrier == "group":',
        'if self.barrier == "groups":',
        f"{_COUNTING}::test_scnn",
    ),
    (
        "the accumulators hold twice as many outputs",
        "scnn",
        "1 << max(fit.bit_length() - 1, 0)",
        "1 << max(fit.bit_length(), 0)",
        "tests/sim/rivals/test_machine.py::test_group_outputs_fit_the_accumulators",
    ),
    (
        "the queues at the banks are one shorter",
        "scnn_banks",
        "_DEPTH = 8",
        "_DEPTH = 7",
        f"{_COUNTING}::test_scnn",
    ),
    (
        "products outside the result reach a bank",
        "scnn_banks",
        "if 0 <= row < rows and 0 <= column < columns:",
        "if True:",
        f"{_COUNTING}::test_scnn",
    ),
    (
        "PEs compute tiles of the inputs",
        "dcnn",
        "((rows, self.pe_rows), (columns, self.pe_columns))",
        "zip(layer.inputs.shape[1:], (self.pe_rows, self.pe_columns), strict=True)",
        f"{_COUNTING}::test_dcnn",
    ),
    (
        "groups of the channels are computed at once",
        "dense",
        "layer.positions * layer.groups * -(-of_group",
        "layer.positions * -(-of_group",
        f"{_COUNTING}::test_dense",
    ),
    (
        "RAM energy is joined without logarithms",
        "energy",
        "size = np.log(max(ram_bytes, 1))",
        "size = float(max(ram_bytes, 1))",
        "tests/sim/rivals/test_energy.py::test_single_events",
    ),
    (
        "DRAM shrinks with the chip's node",
        "energy",
        '1.0 if event.kind == "dram" else self.nodes[node]',
        "self.nodes[node]",
        "tests/sim/rivals/test_energy.py::test_nodes_scale_all_but_dram",
    ),
    (
        "what is read again is counted once",
        "traffic",
        "weight_bits = inputs_first - input_bits",
        "weight_bits = weight_bits",
        "tests/sim/rivals/test_machine.py::test_operands_that_do_not_fit_are_read_again",
    ),
    (
        "losses need not add up",
        "machine",
        "if named != self.slots or",
        "if named > self.slots or",
        "tests/sim/rivals/test_machine.py::test_refuses_losses_that_do_not_add_up",
    ),
]
_SHAPES = [
    (
        "left and top padding are exchanged",
        "sparse_layer",
        "tap_column * dilation[1] - padding[1]",
        "tap_column * dilation[1] - padding[0]",
        f"{_WORKLOADS}/test_sparse_layer.py::test_effectual_macs_are_those_of_the_golden_model",
    ),
    (
        "dropped outputs count",
        "sparse_layer",
        "return self.pairs_with(self.effectual_weights)",
        "return self.pairs_with(self.weights)",
        f"{_WORKLOADS}/test_sparse_layer.py::test_dropped_outputs_are_stored_but_not_needed",
    ),
    (
        "what the limit of a chance cuts off is lost",
        "masks",
        "_MOST_STEPS = 200",
        "_MOST_STEPS = 1",
        f"{_WORKLOADS}/test_masks.py::test_densities_are_met",
    ),
    (
        "blobs are the same in all channels",
        "masks",
        "rng.standard_normal((channels, down.shape[1], across.shape[1]), np.float32)",
        "rng.standard_normal((1, down.shape[1], across.shape[1]), np.float32)",
        f"{_WORKLOADS}/test_masks.py::test_blobs_join_neighbours_but_not_channels",
    ),
    (
        "the spread of gamma factors is its square",
        "masks",
        "form = variation**-2",
        "form = variation**-4",
        f"{_WORKLOADS}/test_masks.py::test_variation_between_filters_and_channels",
    ),
    (
        "kernels are pruned at random",
        "structured",
        "largest = (pattern * sizes).max(axis=(2, 3))",
        "largest = sizes[:, :, 0, 0]",
        f"{_WORKLOADS}/test_structured.py::test_density_and_empty_kernels",
    ),
    (
        "weights have the density of the inputs",
        "benchmarks",
        "draw_weights(rngs[0], shape.weights_shape, density.weights",
        "draw_weights(rngs[0], shape.weights_shape, density.inputs",
        f"{_WORKLOADS}/test_benchmarks.py::test_densities",
    ),
]

MUTATIONS = [
    Mutation(name=name, file=f"sim/{room}/{module}.py", old=old, new=new, test=test)
    for room, breaks in (("rivals", _RIVALS), ("workloads", _SHAPES))
    for name, module, old, new, test in breaks
]
