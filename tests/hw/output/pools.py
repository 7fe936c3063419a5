"""Pooling windows as the tile layout has them, and random ones."""

import random
from typing import NamedTuple

from grus.golden.pooling import average_pool, max_pool, pooled_length
from grus.hw.core.tile import PoolKind


class Pool(NamedTuple):
    """A pooling layer."""

    kind: PoolKind
    kernel: tuple
    stride: tuple
    padding: tuple = (0, 0, 0, 0)  # top, left, bottom, right
    ceil_mode: bool = False

    def pooled(self, rows, columns):
        """Rows and columns of the pooled map."""
        return tuple(
            pooled_length(
                length,
                self.kernel[axis],
                self.stride[axis],
                self.padding[axis],
                self.padding[axis + 2],
                ceil_mode=self.ceil_mode,
            )
            for axis, length in enumerate((rows, columns))
        )

    def apply(self, values):
        """By the golden model; `values` are channels, rows, columns."""
        function = average_pool if self.kind == PoolKind.AVERAGE else max_pool
        shape = (self.kernel, self.stride, self.padding)
        return function(values, *shape, ceil_mode=self.ceil_mode)

    def fields(self, rows, columns, items, *, first=1, last=1):
        """Fields of the pool layout for a map of this size, `items` groups of channels deep."""
        pooled_rows, pooled_columns = self.pooled(rows, columns)
        row_words = pooled_columns * items
        return {
            "kind": self.kind,
            "first": first,
            "last": last,
            "rows": pooled_rows,
            "columns": pooled_columns,
            "kernel_rows": self.kernel[0],
            "kernel_columns": self.kernel[1],
            "stride_rows": self.stride[0],
            "stride_columns": self.stride[1],
            "top": edge(self.padding[0], self.stride[0], row_words),
            "left": edge(self.padding[1], self.stride[1], items),
            "left_padding": self.padding[1],
            "open_words": -(-self.kernel[0] // self.stride[0]) * row_words,
            "row_words": row_words,
        }

    def fits(self, config, rows, columns, items):
        """Whether there is a window at all, and room for the windows that are open."""
        try:
            fields = self.fields(rows, columns, items)
        except ValueError:
            return False
        return (
            self.kernel[0] * self.kernel[1] <= config.pool_window
            and fields["open_words"] <= config.pool_words
        )


def edge(padding, stride, step):
    """The window that begins last at coordinate 0."""
    window, phase = divmod(padding, stride)
    return {"window": window, "phase": phase, "place": window * step}


def random_pool(config, rows, columns, items):
    """Any pooling that fits; windows may overlap, leave gaps, and reach far into the padding."""
    while True:
        kernel = random.randint(1, 5), random.randint(1, 5)
        pool = Pool(
            kind=random.choice([PoolKind.MAX, PoolKind.AVERAGE]),
            kernel=kernel,
            stride=(random.randint(1, 4), random.randint(1, 4)),
            padding=tuple(random.randint(0, size - 1) for size in kernel * 2),
            ceil_mode=random.random() < 0.5,
        )
        if pool.fits(config, rows, columns, items):
            return pool
