import numpy as np
import pytest

from grus.sim.workloads.masks import EVEN, UNEVEN, Heterogeneity, draw_inputs, draw_weights


def variation(values):
    return values.std() / values.mean()


@pytest.mark.parametrize("density", [0, 0.03, 0.2, 0.6, 0.95, 1])
@pytest.mark.parametrize("heterogeneity", [EVEN, UNEVEN], ids=str)
def test_densities_are_met(density, heterogeneity):
    rng = np.random.default_rng(3)
    weights = draw_weights(rng, (256, 128, 3, 3), density, heterogeneity)
    inputs = draw_inputs(rng, (512, 28, 28), density, heterogeneity)
    # Uneven factors of 256 filters, 128 and 512 channels vary themselves; the mean is set by them.
    assert weights.mean() == pytest.approx(density, abs=0.004)
    assert inputs.mean() == pytest.approx(density, abs=0.004)


def test_variation_between_filters_and_channels():
    rng = np.random.default_rng(3)
    uneven = Heterogeneity(filters=0.3, weight_channels=0.2, input_channels=0.5)
    weights = draw_weights(rng, (1024, 512, 3, 3), 0.2, uneven)
    assert variation(weights.mean((1, 2, 3))) == pytest.approx(0.3, abs=0.03)
    assert variation(weights.mean((0, 2, 3))) == pytest.approx(0.2, abs=0.03)
    inputs = draw_inputs(rng, (1024, 28, 28), 0.2, uneven)
    assert variation(inputs.mean((1, 2))) == pytest.approx(0.5, abs=0.05)


def test_even_patterns_vary_as_chance_does():
    weights = draw_weights(np.random.default_rng(3), (1024, 512, 3, 3), 0.2, EVEN)
    binomial = ((1 - 0.2) / 0.2 / (512 * 9)) ** 0.5
    assert variation(weights.mean((1, 2, 3))) == pytest.approx(binomial, rel=0.1)


def test_blobs_join_neighbours_but_not_channels():
    blobs = Heterogeneity(blobs=1.0)
    inputs = draw_inputs(np.random.default_rng(3), (400, 32, 32), 0.3, blobs).astype(float)
    excess = inputs - inputs.mean()

    def likeness(left, right):
        return float((left * right).mean() / excess.var())

    assert likeness(excess[:, :, 1:], excess[:, :, :-1]) > 0.1
    assert abs(likeness(excess[:, :, 16:], excess[:, :, :-16])) < 0.02
    assert abs(likeness(excess[1:], excess[:-1])) < 0.02
    # No place of the map is denser than others.
    assert variation(inputs.mean(0)) < 0.12


def test_equal_seeds_give_equal_patterns():
    one, same, other = (
        draw_inputs(np.random.default_rng(seed), (8, 9, 10), 0.4, UNEVEN) for seed in (1, 1, 2)
    )
    assert (one == same).all()
    assert (one != other).any()


def test_refuses():
    with pytest.raises(ValueError, match=r"filters must be in 0\.\.2, not -1"):
        Heterogeneity(filters=-1)
    with pytest.raises(TypeError, match="blobs must be a number, not 'x'"):
        Heterogeneity(blobs="x")
    with pytest.raises(ValueError, match=r"density must be in 0\.\.1, not 1\.5"):
        draw_weights(np.random.default_rng(0), (1, 1, 1, 1), 1.5, EVEN)
