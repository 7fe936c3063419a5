"""Breaks the golden model on purpose, in a copy, and reports which breaks the tests overlook.

Run as ``python tests/golden/breaks.py``; the exit code is the number of breaks that survive. The
real networks and the docstrings are left out: the other tests have to find each break alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BREAKS = [  # module, what it says, what it says once broken
    ("formats", "+ (sums >> (shift - 1) & 1)", "+ (sums >> shift & 1)"),
    ("formats", "(sums >> shift) + (sums >> (shift - 1) & 1)", "sums >> shift"),
    (
        "formats",
        "(sums >> shift) + (sums >> (shift - 1) & 1)",
        "(sums + (1 << (shift - 1))) >> shift",
    ),
    ("formats", "<< min(-shift, bits)", "<< min(-shift, bits - 2)"),
    ("formats", "saturate(saturate(sums, bits) <<", "saturate(sums <<"),
    ("formats", "return 2 * data_bits + ", "return 2 * data_bits + 1 + "),
    ("formats", "return 2 * data_bits + ", "return 2 * data_bits - 1 + "),
    ("formats", "return -half, half - 1", "return 1 - half, half - 1"),
    ("quantisation", "(scaled - whole >= 0.5)", "(scaled - whole > 0.5)"),
    ("quantisation", "whole + (scaled - whole >= 0.5)", "np.floor(scaled + 0.5)"),
    ("quantisation", "(mantissa > limit_mantissa)", "(mantissa >= limit_mantissa)"),
    ("quantisation", "return bits - 1", "return min(bits - 1, _LARGEST_FRACTION)"),
    ("segments", "(runs >> index_bits) + 1", "-(-runs >> index_bits) + 1"),
    ("segments", "(runs >> index_bits) + 1", "(runs + 1 >> index_bits) + 1"),
    ("segments", "column[:-1][same_row] + 1", "column[:-1][same_row]"),
    ("segments", "-= column[:-1][same_row] + 1", "-= 0"),
    ("segments", "len(values), largest_count", "len(values), 0"),
    ("segments", "(column >= length)", "(column > length)"),
    ("segments", "(zeros > largest_count)", "(zeros > largest_count + 1)"),
    ("encoding", '"pairs") + 1) - 1', '"pairs")) - 1'),
    ("encoding", "np.zeros_like(values)", "np.ones_like(values)"),
    ("patches", "(top, bottom), (left, right)", "(bottom, top), (left, right)"),
    ("patches", "(top, bottom), (left, right)", "(top, bottom), (top, bottom)"),
    ("patches", ":: stride[0], :: stride[1]", ":: stride[1], :: stride[0]"),
    ("patches", "(taps - 1) * step + 1", "taps * step"),
    ("window", "(padded - reach) // ", "(padded - reach + 1) // "),
    ("convolution", "1 << 53", "1 << 54"),
    ("convolution", "return np.float64 if", "return np.float32 if"),
    ("convolution", "window.padding, 0).astype", "window.padding, 1).astype"),
    ("convolution", "weights.reshape(window.groups,", "weights[::-1].reshape(window.groups,"),
    (
        "convolution",
        "pad_map(inputs, window.padding, 0) !=",
        "pad_map(inputs, window.padding, 1) !=",
    ),
    ("convolution", "bound + magnitude(addends)", "bound"),
    (
        "pooling",
        "last * stride >= length + padding_before",
        "last * stride > length + padding_before",
    ),
    ("pooling", "last * stride >= length + padding_before", "last * stride >= length"),
    ("pooling", "-(-spare // stride) if", "spare // stride + 1 if"),
    ("pooling", "(2 * sums + elements)", "(2 * sums)"),
    ("pooling", "padding, int(count_padding)", "padding, 1"),
    ("pooling", "stride, (0, 0), pooled, 0)", "stride, (0, 0), pooled, 1)"),
    ("pooling", "pooled, lowest)", "pooled, 0)"),
    ("elementwise", "max(a_fraction, b_fraction, out_fraction)", "out_fraction"),
    ("elementwise", "(second << b_shift), finest", "second, finest"),
    ("resampling", "before + 3 * values", "after + 3 * values"),
    ("resampling", "np.arange(length) - 1, 0)", "np.arange(length) - 1, -1)"),
    ("resampling", "4 + fraction", "3 + fraction"),
    ("resampling", "((before, after),", "((after, before),"),
    ("operators", "6 >> -fraction", "6 << -fraction"),
    ("operators", "min(six, signed_range(numbers.bits)[1])", "six"),
    ("operators", "+ weight_fraction -", "-"),
    ("network", "if wrong.any()", "if wrong.all()"),
]


def copy_project(folder: Path) -> None:
    for room in ("golden", "grus", "tests/golden"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "hw").mkdir()  # by which grus knows that it lies in a checkout
    (folder / "hw" / "__init__.py").touch()


def run_tests(folder: Path) -> bool:
    options = ["-q", "-x", "-p", "no:cacheprovider"]
    tests = ["tests/golden", "--ignore=tests/golden/test_golden_docstrings.py"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = {name: value for name, value in os.environ.items() if name != "GRUS_NETWORKS"}
    found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if found.returncode not in (0, 1):
        raise RuntimeError(found.stdout + found.stderr)
    if found.returncode:
        print("   ", next(line for line in found.stdout.splitlines() if line.startswith("FAILED")))
    return found.returncode == 0


def main() -> int:
    survivors = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_project(folder)
        if not run_tests(folder):
            raise RuntimeError("the tests must pass before anything is broken")
        for module, sound, broken in BREAKS:
            path = folder / "golden" / f"{module}.py"
            text = path.read_text(encoding="utf-8")
            if text.count(sound) != 1:
                raise RuntimeError(f"{module} must hold {sound!r} once, not {text.count(sound)}")
            print(f"{module}: {sound!r} -> {broken!r}", flush=True)
            path.write_text(text.replace(sound, broken), encoding="utf-8")
            survivors += (survived := run_tests(folder))
            if survived:
                print("    SURVIVED")
            path.write_text(text, encoding="utf-8")
    print(f"{len(BREAKS) - survivors} of {len(BREAKS)} breaks found")
    return survivors


if __name__ == "__main__":
    sys.exit(main())
