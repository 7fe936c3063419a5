"""The blocks that areas are added up by."""

from __future__ import annotations

__all__ = ["BLOCKS", "LOAD_BALANCING", "OTHER", "PARTS", "SRAMS", "block_of"]

SRAMS = "SRAMs"
OTHER = "other"

# Classes of each block, after Crane, Figures 7 to 9 and 12 and section 5.2.1.
BLOCKS = {
    "input buffers and weight registers": (
        "BroadcastBuffer",
        "OrderedPicker",
        "PatchStore",
        "RowFetcher",
    ),
    "index selectors": (
        "IndexSelector",
        "IndexingModule",
        "Matcher",
        "PairJoiner",
        "PairLocator",
    ),
    "multipliers and adder trees": ("AdderTree", "LastLevelAdder", "Multipliers"),
    "RAM controllers and crossbars": (
        "BroadcastLoader",
        "BroadcastRam",
        "Broadcaster",
        "Crossbar",
        "HalfInUse",
        "OutputBank",
        "OutputRam",
        "OwnerFirstArbiter",
        "PingPong",
        "ResidentLoader",
        "ResidentRam",
        "RunLengthDecoder",
        "SynapseBuffer",
    ),
    "workload scheduler": (
        "ImbalanceDetector",
        "RoundQueue",
        "ScheduleGenerator",
        "WorkQueue",
        "WorkloadScheduler",
    ),
    "output unit": (
        "BiasLoader",
        "Divider",
        "Drainer",
        "OutputUnit",
        "PoolExit",
        "Pooling",
        "Requantiser",
        "RunLengthEncoder",
        "WindowAxis",
    ),
    "DMA": (
        "BeatFiller",
        "BiasReader",
        "BurstBuffer",
        "CounterReader",
        "KernelSpreader",
        "MapWalker",
        "PixelRequester",
        "ReadArbiter",
        "ReadEngine",
        "ReadPort",
        "RegionProducts",
        "ResidentReader",
        "RowWalker",
        "SegmentFormer",
        "SlotPacker",
        "SlotUnpacker",
        "TensorReader",
        "TensorWriter",
        "WriteEngine",
    ),
    "control": (
        "BufferController",
        "CambriconXArray",
        "CambriconXCore",
        "CambriconXElement",
        "CounterBank",
        "CraneAccelerator",
        "CraneCore",
        "InFlight",
        "KernelWalker",
        "Machine",
        "PeGroup",
        "ProcessingController",
        "ProcessingElement",
        "Registers",
        "RoundSequencer",
        "StripWalker",
        "TileDispatcher",
    ),
}

# What Crane needs to steal, "both workload scheduler and crossbars" (section 5.2.1): the output
# RAM's own logic is its crossbar. A round queue is needed without stealing, too.
LOAD_BALANCING = (
    "Crossbar",
    "ImbalanceDetector",
    "OutputRam",
    "OwnerFirstArbiter",
    "ScheduleGenerator",
    "WorkQueue",
    "WorkloadScheduler",
)

# Classes that belong to the block of what they are a part of, as any class does that is not named
# here.
PARTS = ("Compactor", "SerialMultiplier", "StreamFifo")

_BLOCK_OF_CLASS = {name: block for block, names in BLOCKS.items() for name in names}


def block_of(class_name: str, surrounding: str = OTHER) -> str:
    """Block of a class, or `surrounding`, the block of what it is a part of."""
    return _BLOCK_OF_CLASS.get(class_name, surrounding)
