"""A board made of a dictionary and an array, at the far end of a pseudo-terminal."""

import os
import threading
import tty
from contextlib import contextmanager

from grus.hw.board.protocol import REQUEST_BYTES, STATUS, Command
from grus.hw.control.register_map import IDENTITY, VERSION, configuration, register_map
from grus.hw.dma.axi import Response


class StandIn:
    """Answers as :mod:`grus.hw.board.protocol` tells, and remembers what is written."""

    def __init__(self, slots, memory_bytes):
        places = {r.name: r.offset for r in register_map(slots.config, slots.axi)}
        known = {"identity": IDENTITY, "version": VERSION}
        known |= configuration(slots.config, slots.axi)
        self.registers = dict.fromkeys(places.values(), 0)
        self.registers |= {places[name]: value for name, value in known.items()}
        self.memory = bytearray(memory_bytes)

    def serve(self, file):
        """Answer until the line is gone."""
        while True:
            head = self._take(file, 1)
            if head == b"\0":
                continue
            head += self._take(file, REQUEST_BYTES - 1)
            address, number = (int.from_bytes(head[n : n + 4], "little") for n in (1, 5))
            os.write(file, self._answer(file, Command(head[0]), address, number))

    def _answer(self, file, command, address, number):
        if command == Command.READ_REGISTER:
            return bytes([STATUS]) + self.registers[address].to_bytes(4, "little")
        if command == Command.WRITE_REGISTER:
            self.registers[address] = number
            return bytes([STATUS])
        outside = address + number > len(self.memory)
        status = bytes([STATUS | (Response.DECERR if outside else Response.OKAY)])
        place = slice(address, address + number)
        if command == Command.READ_MEMORY:
            return status + (bytes(number) if outside else bytes(self.memory[place]))
        content = self._take(file, number)
        if not outside:
            self.memory[place] = content
        return status

    def _take(self, file, size):
        content = b""
        while len(content) < size:
            content += os.read(file, size - len(content))
        return content


@contextmanager
def on_a_port(board, *, late=b"", seconds=0.0):
    """Name of a port that leads to a board; nobody answers if it is none.

    Some bytes come late, without anybody's asking.
    """
    far, near = os.openpty()
    tty.setraw(near)
    threads = [threading.Timer(seconds, os.write, (far, late))] if late else []

    def serve():
        try:
            board.serve(far)
        except OSError:  # the test is over
            pass

    if board is not None:
        threads.append(threading.Thread(target=serve, daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield os.ttyname(near)
    finally:
        os.close(near)
        # Whoever still reads there would read from the next port that has this number.
        for thread in threads:
            thread.join(timeout=10)
        os.close(far)
