"""The top-level folders are the packages grus.hw, grus.sim, ... with whatever they hold."""

from setuptools import find_packages, setup

ROOMS = ("compiler", "examples", "golden", "hw", "sim", "synth")
setup(
    packages=[
        *("grus", *(f"grus.{package}" for package in find_packages("grus"))),
        *(
            name
            for room in ROOMS
            for name in (f"grus.{room}", *(f"grus.{room}.{sub}" for sub in find_packages(room)))
        ),
    ],
    package_dir={"grus": "grus", **{f"grus.{room}": room for room in ROOMS}},
)
