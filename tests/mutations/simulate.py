"""Breaks in comparisons, sweeps, charts and traces."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_SWEEP = "tests/study/test_sweep.py"
_COMPARISON = "tests/study/test_comparison.py"
_MACHINES = "tests/study/test_machines.py"
_TRACE = "tests/study/test_trace_file.py"
_CHARTS = "tests/test_charts.py"

# What is broken, the file, what it says, what it says once broken, what notices.
_BREAKS = [
    (
        "products with zeros count as effectual without skipping",
        "grus/study/machines.py",
        "effectual_macs=layer.effectual_macs, losses=losses, origin",
        "losses=counted.losses, origin",
        f"{_MACHINES}::test_without_activation_skipping_zeros_are_multiplied",
    ),
    (
        "stealing cannot be turned off",
        "grus/study/machines.py",
        "Crane(config=config, steal=steal)",
        "Crane(config=config, steal=True)",
        f"{_MACHINES}::test_crane_takes_parameters_and_stealing",
    ),
    (
        "a rival takes parameters that it does not have",
        "grus/study/machines.py",
        "if parameter not in known:",
        "if False:",
        f"{_MACHINES}::test_what_is_wrong_is_named",
    ),
    (
        "layers are listed as they are finished",
        "grus/study/comparison.py",
        "[found[machine.name, place] for place in range(len(layers))]",
        "[count for (name, _), count in found.items() if name == machine.name][::-1]",
        f"{_COMPARISON}::test_every_layer_is_counted_by_every_machine_in_order",
    ),
    (
        "speed-up is slow-down",
        "grus/study/comparison.py",
        "first.cycles / count.cycles",
        "count.cycles / first.cycles",
        f"{_COMPARISON}::test_figures",
    ),
    (
        "a page does not say what is synthetic",
        "grus/study/page.py",
        'style = "synthetic" if',
        'style = "real" if',
        f"{_COMPARISON}::test_the_page_has_all_and_needs_no_other_file",
    ),
    (
        "the first layer is pruned too",
        "grus/study/workload.py",
        "if self.pruning is None or not number:",
        "if self.pruning is None:",
        "tests/study/test_workload.py::test_all_layers_but_the_first_are_pruned",
    ),
    (
        "parameters are tried together and not in all combinations",
        "grus/study/sweep.py",
        "for values in product(*lists):",
        "for values in zip(*lists):",
        f"{_SWEEP}::test_all_combinations_are_points",
    ),
    (
        "what is kept is counted again",
        "grus/study/exploration.py",
        "if kept is None}",
        "}",
        f"{_SWEEP}::test_what_is_kept_is_not_counted_again",
    ),
    (
        "points are kept when all are counted",
        "grus/study/exploration.py",
        "                keep_result(folder, open_points[place], result)\n",
        "",
        f"{_SWEEP}::test_an_interrupted_sweep_goes_on",
    ),
    (
        "workers see Ctrl-C",
        "grus/study/exploration.py",
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "signal.getsignal(signal.SIGINT)",
        "tests/cli/test_explore.py::test_ctrl_c_is_one_sentence_and_the_sweep_goes_on",
    ),
    (
        "results outlive the models",
        "grus/study/points.py",
        '        "models": _models(),\n',
        "",
        f"{_SWEEP}::test_a_kept_point_holds_only_while_nothing_has_changed",
    ),
    (
        "results outlive the image",
        "grus/study/workload.py",
        '"files": digests}',
        '"files": []}',
        "tests/study/test_workload.py::test_a_file_has_its_own_zeros",
    ),
    (
        "a design that is beaten in one way only is beaten",
        "grus/study/results.py",
        "one[0] <= other[0] and one[1] <= other[1]",
        "(one[0] < other[0] or one[1] < other[1])",
        f"{_SWEEP}::test_the_best_are_beaten_by_none",
    ),
    (
        "only the first seed counts",
        "grus/study/results.py",
        'mean(row["cycles"] for row in of_design)',
        'of_design[0]["cycles"]',
        f"{_SWEEP}::test_seeds_are_averaged_and_networks_kept_apart",
    ),
    (
        "layers are not chosen",
        "grus/study/workload.py",
        "if not self.only or layer.name in self.only:",
        "if True:",
        "tests/study/test_workload.py::test_layers_are_chosen",
    ),
    (
        "each layer begins at once",
        "grus/study/trace_file.py",
        "        begin += layer.cycles\n",
        "",
        f"{_TRACE}::test_work_items_are_slices_and_layers_follow_each_other",
    ),
    (
        "huge traces are written",
        "grus/study/tracing.py",
        "if items > MOST_ITEMS:",
        "if False:",
        "tests/cli/test_simulate.py::test_bad_input_gets_one_sentence_and_nothing_is_written[huge]",
    ),
    (
        "arrows go from the thief to the owner",
        "grus/study/trace_file.py",
        '_record("s", event.bank',
        '_record("s", event.pe',
        f"{_TRACE}::test_steals_are_arrows_from_the_owner_to_the_thief",
    ),
    (
        "owners that only lose work-items have no track",
        "grus/study/trace_file.py",
        " | {event.bank for event in events}",
        "",
        f"{_TRACE}::test_each_element_has_a_track_in_which_all_its_slices_lie",
    ),
    (
        "overlapping work-items are drawn",
        "grus/study/trace_file.py",
        "free[event.pe] = event.end",
        "pass",
        f"{_TRACE}::test_what_no_viewer_could_show_is_refused_and_nothing_written",
    ),
    (
        "parts of a bar hide each other",
        "grus/charts.py",
        "        below += height\n",
        "",
        f"{_CHARTS}::test_bars_are_as_high_as_their_sizes_and_stand_on_each_other",
    ),
    (
        "points are upside down",
        "grus/charts.py",
        "bottom - plot * point.y / y_top",
        "bottom + plot * point.y / y_top",
        f"{_CHARTS}::test_points_lie_where_they_are_and_the_best_are_joined",
    ),
]

MUTATIONS = [
    Mutation(name=name, file=file, old=old, new=new, test=test)
    for name, file, old, new, test in _BREAKS
]
