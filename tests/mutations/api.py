"""Breaks in what users call, and in what reads their networks."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_CLIP = "tests/compiler/network/test_onnx_clip.py"
_LIMITS = "tests/compiler/network/test_onnx_limits.py"
_RUN = "tests/api/test_run.py"

MUTATIONS = [
    Mutation(
        name="a Clip to negative values goes to the core",
        file="compiler/network/steps.py",
        old="[0]) and high >= 0",
        new="[0])",
        test=f"{_CLIP}::test_any_limits_are_those_of_onnx",
    ),
    Mutation(
        name="the limits of a Clip are cut instead of rounded",
        file="golden/quantisation.py",
        old="first, last = quantise(limits, fraction, bits)",
        new="first, last = quantise(np.trunc(limits), fraction, bits)",
        test=f"{_CLIP}::test_any_limits_are_those_of_onnx",
    ),
    Mutation(
        name="what a Clip removes decides on the fraction",
        file="compiler/network/calibration.py",
        old='return node["low"], node["high"]',
        new="return -np.inf, np.inf",
        test=f"{_CLIP}::test_what_a_clip_removes_costs_no_fraction_bits",
    ),
    Mutation(
        name="one of two readers decides what is read of a tensor",
        file="compiler/network/calibration.py",
        old="return min(low for low, _ in ranges), max(high for _, high in ranges)",
        new="return max(low for low, _ in ranges), min(high for _, high in ranges)",
        test=f"{_CLIP}::test_what_others_read_keeps_its_range",
    ),
    Mutation(
        name="a normalisation is folded although others read the layer",
        file="compiler/network/onnx_operators.py",
        old="graph.readers[name] > 1 or name in graph.outputs",
        new="name in graph.outputs",
        test=f"{_LIMITS}::test_says_what_is_not_supported",
    ),
    Mutation(
        name="nodes of one name share their weights",
        file="compiler/network/onnx_file.py",
        old="        if name in known:\n",
        new="        if not name:\n",
        test=f"{_LIMITS}::test_nodes_of_one_name_keep_their_own_weights",
    ),
    Mutation(
        name="a product on the host misses its flattened map",
        file="compiler/network/steps.py",
        old="for node in (*before, *step.nodes)]",
        new="for node in step.nodes]",
        test="tests/api/test_compile.py::test_a_product_that_does_not_fit_takes_its_flatten_to_the_host",
    ),
    Mutation(
        name="a single layer runs from what is in memory",
        file="sim/network_run.py",
        old="self._keep(source, np.asarray(tensors[source], dtype=np.int64))",
        new="self._on_host.pop(source, None)",
        test=f"{_RUN}::test_runs_layers_from_their_true_inputs",
    ),
    Mutation(
        name="one launch starts the last layer alone",
        file="sim/network_run.py",
        old="count = sum(launch.descriptors for launch in launches)",
        new="count = launches[-1].descriptors",
        test=f"{_RUN}::test_one_launch_tells_totals",
    ),
    Mutation(
        name="progress counts layers",
        file="grus/api/watching.py",
        old="self._done += sum(self._expected.get(target, 0.0) for target in targets)",
        new="self._done += self._all / len(self._expected)",
        test=f"{_RUN}::test_progress_is_by_work_and_not_by_layers",
    ),
    Mutation(
        name="only the last tensor of a launch is compared",
        file="grus/api/running.py",
        old="{target: run.tensor(target) for target in made}",
        new="{step.target: run.tensor(step.target)}",
        test=f"{_RUN}::test_one_launch_tells_totals",
    ),
    Mutation(
        name="any first answer is the float network's",
        file="grus/api/comparison.py",
        old="return self.top[:1] == self.float_top[:1]",
        new="return True",
        test="tests/api/test_comparison.py::test_says_where_the_first_answers_differ",
    ),
    Mutation(
        name="a file grows where it will stand",
        file="grus/files.py",
        old='path.with_name(f".{os.getpid()}.{path.name}")',
        new="path",
        test="tests/test_files.py",
    ),
    Mutation(
        name="waveforms are left unfinished",
        file="sim/accelerator.py",
        old="        self._waves.close()\n",
        new="",
        test="tests/api/test_waves.py::test_records_the_whole_machine",
    ),
]
