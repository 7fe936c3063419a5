"""The longest path of a mapped module, as OpenSTA finds it."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path as File

from grus.synth.delay import Path, register_names
from grus.synth.liberty import Library

__all__ = ["NETLIST", "opensta_version", "time_path"]

# What the mapped module must be written to. Its macros and children are ports of it.
NETLIST = "timing.v"
_PROGRAM = "sta"
# All is relative to one clock edge, so that period minus slack is the time that a path needs. The
# clock is ideal, and has nothing that drives it; where it leaves for macros and children no path
# ends.
_SCRIPT = """read_liberty cells.lib
read_verilog {netlist}
link_design {{{module}}}
set_cmd_units -time ps
create_clock -name edge -period {period_ps} {clock}
foreach port [all_inputs] {{
  if {{[get_property $port full_name] ne "clk"}} {{
    set_input_delay 0 -clock edge $port
    set_driving_cell -lib_cell {driver} $port
  }}
}}
foreach port [all_outputs] {{
  if {{![regexp -nocase {{clk$}} [get_property $port full_name]]}} {{
    set_output_delay 0 -clock edge $port
  }}
}}
report_checks -path_delay max -format full -digits 3
"""
_PERIOD_PS = 1000.0
_SLACK = re.compile(r"^ +(-?[\d.]+) +slack ", re.MULTILINE)
_START = re.compile(r"^Startpoint: (\S+)", re.MULTILINE)
_END = re.compile(r"^Endpoint: (\S+)", re.MULTILINE)
_PIN = re.compile(r"^ +-?[\d.]+ +-?[\d.]+ [v^] \S+/\S+ \((\w+)\)$", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^ *assign \{ (.*?) \} = (?:\{ )?(.*?)(?: \})?;$", re.MULTILINE)
_ARRIVAL = re.compile(r"^ +-?[\d.]+ +data arrival time$", re.MULTILINE)


@cache
def opensta_version() -> str:
    """Version of OpenSTA, such as ``OpenSTA 2.0.17``; an empty text where it is not installed."""
    program = shutil.which(_PROGRAM)
    if program is None:
        return ""
    result = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    # Another program of this name says something else.
    version = re.fullmatch(r"\s*(\d+\.\d+[\d.]*)\s*", result.stdout)
    return f"OpenSTA {version[1]}" if version else ""


def time_path(folder: File, module: str, library: Library) -> Path | None:
    """Find the longest path of a module.

    Parameters
    ----------
    folder : pathlib.Path
        Has the cells, ``cells.lib``, the netlist, and ``ends.il`` with its flip-flops.
    module : str
        Name of the module.
    library : Library
        The cells.

    Returns
    -------
    Path or None
        With the delay and the set-up of flip-flops; None if no path is constrained.

    Raises
    ------
    RuntimeError
        If OpenSTA rejects the cells or the netlist.
    """
    netlist = _one_by_one((folder / NETLIST).read_text(encoding="utf-8"))
    (folder / NETLIST).write_text(netlist, encoding="utf-8")
    clock = "[get_ports clk]" if re.search(r"^ *input clk;$", netlist, re.MULTILINE) else ""
    script = _SCRIPT.format(
        netlist=NETLIST,
        module=module,
        period_ps=_PERIOD_PS,
        clock=clock,
        driver=library.driver,
    )
    (folder / "timing.tcl").write_text(script, encoding="utf-8")
    result = subprocess.run(
        [_PROGRAM, "-no_splash", "-exit", "timing.tcl"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    slack = _SLACK.search(result.stdout)
    if slack is None:
        if "No paths found" in result.stdout:
            return None
        said = (result.stderr.strip() or result.stdout.strip() or "no message").splitlines()[-1]
        raise RuntimeError(f"opensta must accept module {module}, not stop with: {said}")
    registers = register_names((folder / "ends.il").read_text(encoding="utf-8"))
    return _path(result.stdout, float(slack[1]), registers, library.flip_flops)


def _one_by_one(netlist: str) -> str:
    """Cut assignments to several nets at once, which OpenSTA does not read."""

    def cut(found: re.Match[str]) -> str:
        targets = [name.strip() for name in found[1].split(",")]
        values = [bit for value in found[2].split(",") for bit in _bits(value.strip())]
        pairs = zip(targets, values, strict=True)
        return "\n".join(f"  assign {target} = {value} ;" for target, value in pairs)

    return _ASSIGNMENT.sub(cut, netlist)


def _bits(value: str) -> list[str]:
    constant = re.fullmatch(r"(\d+)'([hdb])([\da-f]+)", value)
    if constant is None:
        return [value]
    number = int(constant[3], {"h": 16, "d": 10, "b": 2}[constant[2]])
    return [f"1'b{bit}" for bit in f"{number:0{constant[1]}b}"]


def _path(
    report: str, slack_ps: float, registers: dict[str, str], flip_flops: frozenset[str]
) -> Path:
    start, end = _START.search(report), _END.search(report)
    arrival = _ARRIVAL.search(report)
    if start is None or end is None or arrival is None:
        raise RuntimeError("opensta must name both ends of a path, and does not")
    # The gates stand before the arrival; what follows it is the clock of the last register.
    cells = _PIN.findall(report[: arrival.start()])
    names = [place[1].replace("\\", "") for place in (start, end)]
    places = [registers.get(name, name) for name in names]
    return Path(
        delay_ps=round(_PERIOD_PS - slack_ps, 3),
        gates=sum(cell not in flip_flops for cell in cells),
        start=places[0],
        end=places[1],
    )
