"""Runs the command line inside the tests."""

from click.testing import CliRunner

from grus.cli import main

__all__ = ["grus"]


def grus(*arguments):
    """What a command printed, and its exit code; an error that is no message is raised."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result
