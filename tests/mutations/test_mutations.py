"""Deliberate faults still fit the code that they are to break."""

from collections import Counter

from tests.mutations.__main__ import MUTATIONS, ROOT


def test_names_tell_them_apart():
    names = Counter(mutation.name for mutation in MUTATIONS)
    assert [name for name, times in names.items() if times > 1] == []


def test_what_they_replace_occurs_once():
    for mutation in MUTATIONS:
        times = (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.old)
        assert times == 1, f"{mutation.name}: {mutation.old!r} occurs {times} times"
        assert mutation.old != mutation.new


def test_the_tests_that_notice_them_exist():
    for mutation in MUTATIONS:
        file, _, function = mutation.test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {function.partition('[')[0]}" in text, mutation.name
