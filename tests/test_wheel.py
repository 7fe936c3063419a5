"""What a user installs holds all rooms, and the files that they need."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("compiler", "examples", "golden", "hw", "sim", "synth")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info")


def test_the_wheel_is_complete(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=LEFT_OUT)
    command = ["pip", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(Path("grus") / path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".py", ".cpp", ".lib", ".v", ".onnx", ".npy", ".toml")
    }
    wanted |= {str(path.relative_to(ROOT)) for path in (ROOT / "grus").rglob("*.py")}
    wanted.discard("grus/examples/digits/train.py")
    assert wanted - packed == set()
    assert "grus/synth/cells.lib" in packed
    assert not any(name.startswith(("tests", "benchmarks", "hw")) for name in packed)
