"""Breaks in compiler, simulation, command line and configuration that fast tests find."""

from tests.mutations.mutation import Mutation, mutation_of

__all__ = ["MUTATIONS"]

_COMMANDS = "cli/test_commands.py"
_NETWORKS = "compiler/network/test_onnx_file.py"
_CALIBRATION = "compiler/network/test_calibration.py"

# Test; then module, what it says, and what it says once broken.
_BREAKS = {
    "compiler/test_pair_counts.py": [
        ("compiler.pair_counts", "pairs += (lowest - last - 1) >> index_bits", "pairs += 0"),
        ("compiler.pair_counts", "max(place - last - 1, 0) >> index_bits", "0"),
        ("compiler.pair_counts", "found[2] += begin - low", "found[2] += begin"),
        ("grus.bits", "ones |= words[word + 1] <<", "ones |= words[word] <<"),
    ],
    "compiler/test_regions.py": [
        ("compiler.regions", "np.where(rest > 0,", "np.where(rest > 1,"),
        ("compiler.regions", "np.maximum(begin, 0)", "begin"),
        ("compiler.regions", "times * -(-needed // height)", "times * (needed // height)"),
    ],
    "compiler/test_choose.py": [
        ("compiler.choose", "layer.terms > config.max_terms", "layer.terms > 1 << 16"),
        ("compiler.choose", "pool.kernel[1] > config", "pool.kernel[1] > 2 * config"),
        ("compiler.candidates", "<= config.resident_rows", "<= 2 * config.resident_rows"),
        ("compiler.candidates", "items * strip.columns > config", "items > config"),
        ("compiler.candidates", "extent.moved(unit.outputs.start)", "extent"),
        ("compiler.slicing", "Extent(first + piece.start,", "Extent(piece.start,"),
    ],
    "compiler/memory/test_maps.py": [
        ("compiler.memory.maps", "return self.last_length if", "return self.length if"),
        ("compiler.memory.maps", "count_row_stride, counters", "count_part_stride, counters"),
        ("compiler.memory.maps", "sign - 1)) ^ sign) - sign", "sign - 1)) ^ sign) + sign"),
    ],
    "compiler/memory/test_formats.py": [
        ("compiler.memory.formats", "slots[places] = counters", "slots[places] = counters + 1"),
        ("compiler.memory.formats", ">> widths.pair_bits:", ">> widths.pair_bits + 1:"),
        ("compiler.memory.formats", "ljust(widths.round_up(len(content))", "ljust(len(content)"),
        ("compiler.memory.slots", "if len(content) % word_bytes:", "if not content:"),
    ],
    _CALIBRATION: [
        ("compiler.network.calibration", "np.clip(values, low, high)", "values"),
        ("compiler.network.calibration", "min(low for", "max(low for"),
        ("compiler.network.calibration", '(*_LAYERS, "add",', '(*_LAYERS, "concat", "add",'),
        (
            "compiler.network.calibration",
            "largest[name] = max(largest[name], ",
            "largest[name] = (",
        ),
        ("compiler.network.calibration", "    _limit_to_products(network, act_frac,", "    ("),
    ],
    _NETWORKS: [
        ("compiler.network.onnx_file", "_OLDEST_OPSET = 11", "_OLDEST_OPSET = 7"),
        ("compiler.network.onnx_operators", "small if mode ==", "small if mode !="),
        ("compiler.network.onnx_operators", 'node.attribute("epsilon", 1e-5)', "1e-5"),
        ("compiler.network.onnx_operators", 'or pending["step"] != 1', ""),
        ("compiler.network.onnx_operators", "0) else weights.T)", "0) else weights)"),
        ("compiler.network.translation", "[self.tensor(name) for", "[name for"),
        ("compiler.network.steps", "if len(consumers) != 1 or", "if not consumers or"),
        ("compiler.network.steps", 'return not node.get("count_pad")', "return True"),
        ("compiler.network.steps", "np.floor(6 * 2.0", "np.floor(5 * 2.0"),
    ],
    f"{_COMMANDS}::test_bad_input_gets_one_sentence": [
        ("grus.cli.errors", "exit_code = 2", "exit_code = 1"),
        ("grus.cli.options", "if not equals:", "if not parameter:"),
        ("grus.api.networks", "except (ValueError, OSError)", "except OSError"),
    ],
    f"{_COMMANDS}::test_damaged_images_are_refused": [
        ("grus.api.images", "(ValueError, EOFError, OSError)", "(EOFError, OSError)"),
    ],
    f"{_COMMANDS}::test_a_missing_simulator_is_named": [
        ("grus.cli.errors", ", MissingToolError)", ")"),
    ],
    f"{_COMMANDS}::test_compile_writes_image_descriptors_and_plan": [
        ("grus.api.compiling", 'address": self.program.image.size,', 'address": 0,'),
    ],
    f"{_COMMANDS}::test_generate_writes_the_accelerator_with_its_registers": [
        ("grus.cli.generate", "[register._asdict() for register in", "[register for register in"),
    ],
    "api/test_images.py": [
        ("grus.api.images", "return list(images)", "return list(images[:1])"),
        ("grus.api.images", " and values.ndim <= 4", ""),
        ("grus.api.images", "np.isfinite(images).all()", "np.isfinite(images).any()"),
    ],
    "test_files.py": [
        ("grus.files", "unfinished.write_bytes(content)", "path.write_bytes(content)"),
        ("grus.files", "unfinished.unlink(missing_ok=True)", "pass"),
    ],
    "sim/test_account.py": [
        ("sim.account", 'total("memory") * config.multipliers', 'total("memory")'),
        ("sim.account", "macs / max(slots - waiting, 1)", "macs / slots"),
        ("sim.account", "if counted != macs:", "if counted < macs:"),
    ],
    "sim/test_payload.py": [
        ("hw.description", "offset + field.offset", "field.offset"),
        ("sim.payload", "and values.max() <= high", "and values.min() <= high"),
        ("sim.payload", "weights[-1] = -weights[-1]", "pass"),
    ],
    "sim/test_network_run.py": [
        ("sim.network_run", 'machine.write("control", 4)', 'machine.write("control", 0)'),
        ("sim.network_run", "after.read_bytes - before.read_bytes", "after.read_bytes"),
        ("sim.network_run", "launches[0].first * size", "size"),
        ("sim.network_run", "accelerator.allow_writes(*program.writable)", "pass"),
        ("sim.network_run", "elif one_launch:", "elif not one_launch:"),
        ("sim.network_run", "partial(self._watch, name)", "None"),
    ],
    "sim/test_simulators.py": [
        ("sim.simulators", "[str(cocotb_config.libs_dir), *(", "[*("),
        ("sim.simulators", "    require_simulator(simulator)\n    if", "    if"),
        ("sim.simulators", "if simulator not in SIMULATORS:", "if not simulator:"),
    ],
    "test_cache.py": [
        ("grus.cache", "with contextlib.suppress(OSError):", "with contextlib.nullcontext():"),
        ("grus.cache", "shutil.rmtree(unfinished, ignore_errors=True)", "pass"),
        ("grus.cache", 'with_name(f"{folder.name}.{os.getpid()}")', "with_name(folder.name)"),
        ("grus.cache", 'os.environ.get("GRUS_CACHE")', "None"),
        ("grus.cache", 'os.environ.get("XDG_CACHE_HOME") or ', ""),
    ],
    "hw/test_config.py": [
        ("hw.checks", "isinstance(value, bool) or", ""),
        ("hw.config", "self.accumulator_bits >= needed", "self.accumulator_bits >= needed - 8"),
        ("hw.config", "2 * self.pes * self.row_pair_bits", "self.pes * self.row_pair_bits"),
        ("hw.presets", "**settings, **(overrides or {})", "**(overrides or {}), **settings"),
        ("hw.presets", 'settings.pop("base", None)', 'settings.get("base")'),
    ],
    "hw/test_emit.py::test_modules_of_equal_text_are_one": [
        ("hw.emit", "if body not in self._names:", "if True:"),
    ],
    "hw/test_emit.py": [
        ("hw.emit", ": {sorted(parameters.items())}", ""),
        ("hw.description", '"input" if member.flow', '"output" if member.flow'),
    ],
}

_HABITS = [
    Mutation(
        name="an import that nobody needs",
        file="hw/checks.py",
        old="from numbers import Integral",
        new="from numbers import Integral, Number",
        test="tests/test_style.py::test_ruff",
    ),
    Mutation(
        name="a line that is laid out by hand",
        file="hw/checks.py",
        old="    if not holds:",
        new="    if  not holds:",
        test="tests/test_style.py::test_ruff",
    ),
    Mutation(
        name="a type that is wrong",
        file="sim/account.py",
        old="-> list[str]:",
        new="-> str:",
        test="tests/test_style.py::test_mypy",
    ),
    Mutation(
        name="a file that is too long",
        file="hw/checks.py",
        old='__all__ = ["require",',
        new="# More.\n" * 300 + '__all__ = ["require",',
        test="tests/test_style.py::test_files_are_short",
    ),
    Mutation(
        name="hardware that imports a simulator",
        file="hw/checks.py",
        old="from numbers import Integral",
        new="from numbers import Integral\n\nfrom grus.sim.payload import pack",
        test="tests/test_layers.py::test_imports_only_downwards[hw]",
    ),
    Mutation(
        name="a player of the array that asks the other one",
        file="sim/cycle/steps/fetch.py",
        old="from grus.compiled import borrowing",
        new="from grus.compiled import borrowing\nfrom grus.sim.cycle.array.hits import LAST_ROW",
        test="tests/test_layers.py::test_rooms_of_the_cycle_model_import_only_downwards[steps]",
    ),
    Mutation(
        name="a compiler that needs Amaranth",
        file="compiler/extent.py",
        old="from typing import NamedTuple",
        new="from typing import NamedTuple\n\nfrom amaranth.hdl import Signal",
        test="tests/test_layers.py::test_needs_no_amaranth[compiler]",
    ),
    Mutation(
        name="a wheel without the memory model",
        file="pyproject.toml",
        old='"grus.sim" = ["harness/*.cpp"]',
        new='"grus.sim" = []',
        test="tests/test_wheel.py::test_the_wheel_is_complete",
    ),
    Mutation(
        name="a demo of another digit",
        file="grus/cli/demo.py",
        old="images[digit]",
        new="images[0]",
        test="tests/cli/test_demo.py::test_the_demo_recognises_a_digit",
    ),
]
MUTATIONS = [
    mutation_of(module, sound, broken, f"tests/{test}")
    for test, breaks in _BREAKS.items()
    for module, sound, broken in breaks
] + _HABITS
