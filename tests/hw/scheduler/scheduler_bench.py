"""A scheduler, and elements that take as long over each work-item as they are told."""

from typing import NamedTuple

from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.scheduler.workload_scheduler import WorkloadScheduler
from tests.hw.scheduler.rounds import items_of, random_fill
from tests.support.ports import Ports, flags


class Job(NamedTuple):
    """A round, the elements with one work-item fewer, and what each bank holds for it."""

    round: dict
    fewer: set
    fills: list

    def items(self, bank):
        """Work-items of one bank, as they stand on the wires."""
        round_, fewer = self.round, bank in self.fewer
        return [
            {
                "tag": {
                    "bank": bank,
                    "half": round_["output_half"],
                    "address": item["address"],
                    "round": round_["patch_half"],
                },
                "resident_half": round_["resident_half"],
                "first_row": item["first_row"],
                "last_row": item["last_row"],
                "offset": item["offset"],
            }
            for item in items_of(round_, self.fills[bank], fewer=fewer)
        ]


def random_job(config, round_, fewer):
    """Fills that agree with the round."""
    counts = [round_["items"] - (bank in fewer) for bank in range(config.group_pes)]
    return Job(round_, fewer, [random_fill(config, count) for count in counts])


class Cycle(NamedTuple):
    """What happened in one cycle."""

    taken: dict  # work-item by element
    begun: bool
    moved: bool
    fetching: bool
    round: dict


class SchedulerBench:
    """Each element works on one work-item, and takes the next in the cycle in which it finishes.

    `remaining` says for how many cycles each element is still busy.
    """

    def __init__(self, dut, config, duration_of):
        self.dut = dut
        self.ports = Ports(dut, WorkloadScheduler(config))
        self.elements = range(config.group_pes)
        self.duration_of = duration_of
        self.remaining = [0 for _ in self.elements]
        self.fills = [[random_fill(config, 1) for _ in self.elements] for _ in range(2)]

    async def cycle(self, job=None):
        """One cycle; `job` is offered if there is one, and needs a half of its own until then."""
        free = {pe for pe in self.elements if self.remaining[pe] <= 1}
        self.ports["finished"] = flags(pe for pe in free if self.remaining[pe])
        for pe in self.elements:
            self.ports[f"items__{pe}__ready"] = pe in free
        self._offer(job)
        await FallingEdge(self.dut.clk)
        taken = {
            pe: self.ports[f"items__{pe}__payload"]
            for pe in free
            if self.ports[f"items__{pe}__valid"]
        }
        happened = Cycle(
            taken,
            bool(job and self.ports["rounds__ready"]),
            bool(self.ports["moved"]),
            bool(self.ports["fetching"]),
            self.ports["round"],
        )
        await RisingEdge(self.dut.clk)
        self.remaining = [max(left - 1, 0) for left in self.remaining]
        for pe, item in taken.items():
            self.remaining[pe] = self.duration_of(item)
        return happened

    def _offer(self, job):
        self.ports["rounds__valid"] = job is not None
        if job is None:
            self.ports.scramble("rounds__payload")
            self.ports.scramble("fewer")
        else:
            self.fills[job.round["resident_half"]] = job.fills
            self.ports["fills"] = [[fill.payload() for fill in half] for half in self.fills]
            self.ports["rounds__payload"] = job.round
            self.ports["fewer"] = flags(job.fewer)
