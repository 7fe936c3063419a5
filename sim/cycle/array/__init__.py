"""The array, all elements at once: numbers are lanes of vectors, wires are bits of words."""
