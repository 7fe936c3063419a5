"""Turns what a user got wrong into one sentence and exit code 2."""

from __future__ import annotations

import os
from typing import Any

import click

from grus.tools import MissingToolError

__all__ = ["TRACEBACK", "KindGroup", "Mismatch"]

# Set this environment variable to see where an error came from.
TRACEBACK = "GRUS_TRACEBACK"


class Mismatch(click.ClickException):
    """The RTL and the golden model disagree: exit code 1."""

    exit_code = 1


class _UserError(click.ClickException):
    exit_code = 2


class KindGroup(click.Group):
    """A group of commands whose errors are sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (ValueError, TypeError, OSError, MissingToolError) as error:
            if os.environ.get(TRACEBACK):
                raise
            text = " ".join(str(error).split())
            raise _UserError(f"{text} ({TRACEBACK}=1 shows where)") from error
