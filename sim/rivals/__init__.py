"""Crane's yardsticks: machines that count the cycles of a layer from its zero patterns.

Ideal, a dense machine, Cambricon-X, Cambricon-S, SCNN. Each is a :class:`.machine.Machine`; Crane
joins them as another, and weight-sharing Crane later.
"""
