"""What a deliberate break is."""

from typing import NamedTuple


class Mutation(NamedTuple):
    """One change that breaks the project, and the test that must notice it.

    Attributes
    ----------
    name : str
        What is broken, in words.
    file : str
        Path of the file, from the root of the project.
    old, new : str
        Text that occurs exactly once in the file, and what takes its place.
    test : str
        pytest node that fails once the change is made, such as
        ``tests/hw/memory/test_crossbar.py::test_x``.
    """

    name: str
    file: str
    old: str
    new: str
    test: str


def mutation_of(module: str, sound: str, broken: str, test: str) -> Mutation:
    """A break that is named after its module, such as ``golden.formats``, and what it says."""
    return Mutation(
        name=f"{module} says {broken!r}, not {sound!r}",
        file=f"{module.replace('.', '/')}.py",
        old=sound,
        new=broken,
        test=test,
    )
