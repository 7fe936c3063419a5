"""The core around the array: tiles, loads, patches, drains, each at its cycle."""
