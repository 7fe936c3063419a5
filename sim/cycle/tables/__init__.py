"""From a design, a layer, its tiling and its zeros to the numbers that are played."""
