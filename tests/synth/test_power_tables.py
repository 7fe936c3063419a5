import numpy as np
import pytest

from grus.synth.liberty_groups import parse_groups
from grus.synth.power_tables import read_table, templates_of

TEMPLATES = templates_of(
    parse_groups("""
  power_lut_template (both) { variable_1 : input_transition_time;
    variable_2 : total_output_net_capacitance; index_1 ("1, 3"); index_2 ("10, 20, 40"); }
  power_lut_template (turned) { variable_1 : total_output_net_capacitance;
    variable_2 : input_transition_time; index_1 ("10, 20, 40"); index_2 ("1, 3"); }
  lu_table_template (load) { variable_1 : total_output_net_capacitance; index_1 ("10, 20"); }
  lu_table_template (slope) { variable_1 : input_net_transition; index_1 ("1, 3"); }
""")
)


def at(text, slope, load):
    (group,) = parse_groups(text).groups
    (value,) = read_table(group, TEMPLATES).at(np.array([slope]), np.array([load]))
    return value


@pytest.mark.parametrize(
    ("slope", "load", "value"),
    [
        *((1, 10, 0), (3, 40, 50), (2, 10, 5), (1, 30, 30), (2, 15, 11.25)),
        *((0, 0, 0), (9, 99, 50)),
    ],
)
def test_values_between_those_of_a_table_are_in_proportion(slope, load, value):
    text = 'rise_power (both) { /* { */ values ("0, 15, 45", \\\n "10, 20, 50"); }'
    turned = 'rise_power (turned) { values ("0, 10", "15, 20", "45, 50"); }'
    assert at(text, slope, load) == pytest.approx(value)
    assert at(turned, slope, load) == pytest.approx(value)


def test_tables_may_have_one_variable_or_none():
    assert at('x (load) { values ("1, 3"); }', 7, 15) == 2
    assert at('x (slope) { values ("1, 3"); }', 2, 7) == 2
    assert at('x (load) { index_1 ("100, 200"); values ("1, 3"); }', 7, 150) == 2
    assert at('x (scalar) { values ("-4.5e-1"); }', 2, 7) == -0.45
    assert read_table(None, TEMPLATES).at(np.ones(3), np.ones(3)).tolist() == [0, 0, 0]


def test_a_table_of_another_form_is_refused():
    with pytest.raises(ValueError, match=r"^table both must be over a slope and a load to report"):
        at('rise_power (both) { values ("1, 2"); }', 1, 1)
