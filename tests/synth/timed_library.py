"""A Liberty file whose gates have delays that can be added up by hand."""

from grus.synth.liberty import parse_liberty

INV_PS, NAND2_PS = 10.0, 20.0
FLIP_FLOP_PS, SET_UP_PS = 40.0, 5.0


def timed_library(*, inverter_ps=INV_PS, nand2_um2=2.0):
    """Inverters, buffers, NAND2 and flip-flops; loads and slopes change nothing."""
    cells = (
        _gate("INV", 1.0, "A'", ("A",), inverter_ps),
        _gate("BUF", 1.5, "A", ("A",), 2 * inverter_ps),
        _gate("NAND2", nand2_um2, "(A B)'", ("A", "B"), NAND2_PS),
    )
    text = f"""library (timed) {{
  delay_model : table_lookup;
  time_unit : "1ps";
  voltage_unit : "1V";
  current_unit : "1mA";
  capacitive_load_unit (1, ff);
  default_max_transition : 1000;
  input_threshold_pct_rise : 50;
  input_threshold_pct_fall : 50;
  output_threshold_pct_rise : 50;
  output_threshold_pct_fall : 50;
  slew_lower_threshold_pct_rise : 20;
  slew_lower_threshold_pct_fall : 20;
  slew_upper_threshold_pct_rise : 80;
  slew_upper_threshold_pct_fall : 80;
  lu_table_template (three) {{
    variable_1 : input_net_transition;
    variable_2 : total_output_net_capacitance;
    index_1 ("1, 10, 1000");
    index_2 ("0.1, 1, 1000");
  }}
{"".join(cells)}
  cell (DFF) {{
    area : 9.0;
    ff (IQ, IQN) {{ clocked_on : "C"; next_state : "D"; }}
    pin (C) {{ direction : input; clock : true; capacitance : 1.0; }}
    pin (D) {{ direction : input; capacitance : 1.0;
{_set_up()}    }}
    pin (Q) {{ direction : output; function : "IQ";
{_arc("C", "non_unate", FLIP_FLOP_PS, kind="rising_edge")}    }}
  }}
}}
"""
    return parse_liberty(text, "timed")


def _gate(name, area, function, inputs, delay_ps):
    pins = "".join(
        f"    pin ({pin}) {{ direction : input; capacitance : 1.0; }}\n" for pin in inputs
    )
    sense = "positive_unate" if name == "BUF" else "negative_unate"
    arcs = "".join(_arc(pin, sense, delay_ps) for pin in inputs)
    return (
        f"  cell ({name}) {{\n    area : {area};\n{pins}    pin (Y) {{ direction : output; "
        f'max_capacitance : 1000; function : "{function}";\n{arcs}    }}\n  }}\n'
    )


def _square(value):
    """The same value for all loads and slopes; ABC reads no table of less than 3 x 3."""
    return ", ".join([f'"{value}, {value}, {value}"'] * 3)


def _set_up():
    tables = "".join(
        f'        {edge}_constraint (scalar) {{ values ("{SET_UP_PS}"); }}\n'
        for edge in ("rise", "fall")
    )
    return (
        '      timing () { related_pin : "C"; timing_type : setup_rising;\n' + tables + "      }\n"
    )


def _arc(pin, sense, delay_ps, *, kind="combinational"):
    tables = "".join(
        f"        {table} (three) {{ values ({_square(value)}); }}\n"
        for table, value in (
            *(("cell_rise", delay_ps), ("cell_fall", delay_ps)),
            *(("rise_transition", 1.0), ("fall_transition", 1.0)),
        )
    )
    return (
        f'      timing () {{\n        related_pin : "{pin}";\n        timing_sense : {sense};\n'
        f"        timing_type : {kind};\n"
        f"{tables}      }}\n"
    )
