import pytest

from grus.golden.window import PLAIN, Window, output_shape


@pytest.mark.parametrize(
    ("inputs", "weights", "window", "expected"),
    [
        ((3, 227, 227), (96, 3, 11, 11), Window(stride=(4, 4)), (96, 55, 55)),
        ((3, 224, 224), (64, 3, 7, 7), Window(stride=(2, 2), padding=(3, 3, 3, 3)), (64, 112, 112)),
        ((96, 27, 27), (256, 48, 5, 5), Window(padding=(2, 2, 2, 2), groups=2), (256, 27, 27)),
        ((1, 5, 9), (2, 1, 3, 2), Window(stride=(1, 3)), (2, 3, 3)),
        ((1, 5, 9), (2, 1, 3, 3), Window(dilation=(2, 4)), (2, 1, 1)),
        ((1, 2, 2), (1, 1, 3, 3), Window(padding=(1, 0, 0, 1)), (1, 1, 1)),
        ((4, 1, 1), (7, 4, 1, 1), PLAIN, (7, 1, 1)),
    ],
)
def test_output_shape(inputs, weights, window, expected):
    assert output_shape(inputs, weights, window) == expected


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"stride": (0, 1)}, ValueError, r"^each of stride must be at least 1, not 0$"),
        ({"stride": 2}, TypeError, r"^stride must be a tuple of 2 integers, not 2$"),
        ({"padding": (1, 1)}, ValueError, r"^padding must hold 4 integers, not \(1, 1\)$"),
        ({"padding": (0, 0, -1, 0)}, ValueError, r"^each of padding must be at least 0, not -1$"),
        ({"dilation": (1, 0)}, ValueError, r"^each of dilation must be at least 1, not 0$"),
        ({"groups": 0}, ValueError, r"^groups must be at least 1, not 0$"),
        ({"groups": 1.0}, TypeError, r"^groups must be an integer, not 1\.0$"),
    ],
)
def test_rejects_bad_windows(parameters, error, message):
    with pytest.raises(error, match=message):
        Window(**parameters)


@pytest.mark.parametrize(
    ("inputs", "weights", "window", "message"),
    [
        ((3, 8), (1, 3, 1, 1), PLAIN, r"^inputs must have shape .*, not \(3, 8\)$"),
        ((3, 8, 8), (1, 3, 1), PLAIN, r"^weights must have shape .*, not \(1, 3, 1\)$"),
        ((3, 8, 8), (1, 4, 1, 1), PLAIN, r"4 channels for each of 1 groups, not 3 channels$"),
        ((4, 8, 8), (2, 4, 1, 1), Window(groups=2), r"each of 2 groups, not 4 channels$"),
        ((4, 8, 8), (3, 2, 1, 1), Window(groups=2), r"^outputs must be .* of 2 groups, not 3$"),
        ((1, 8, 9), (1, 1, 9, 1), PLAIN, r"^kernel rows must reach over 1\.\.8 elements, not 9$"),
        (
            (1, 8, 9),
            (1, 1, 3, 3),
            Window(dilation=(1, 6), padding=(0, 1, 0, 2)),
            r"^kernel columns must reach over 1\.\.12 elements, not 13$",
        ),
        ((1, 8, 9), (1, 1, 0, 1), PLAIN, r"^kernel rows must reach over 1\.\.8 elements, not 0$"),
    ],
)
def test_rejects_shapes_that_do_not_match(inputs, weights, window, message):
    with pytest.raises(ValueError, match=message):
        output_shape(inputs, weights, window)
