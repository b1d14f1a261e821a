"""A board's line: SMP, framed raw, with group 64 (hal/serial/board-group.cddl)."""

import collections
import socket
import struct
import time

import cbor2

GROUP = 64
DESCRIBE, CLOCK, MAINS, SWITCH, EVENTS, MESSAGE, STIMULUS = 0, 1, 5, 6, 15, 16, 17
READ, WRITE = 0, 2
WAIT_S = 10.0


class Line:
    """Whole messages to a board under test and back. Times are real: the far end is a program of its own."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=WAIT_S)
        self.sequence = 0
        self.next_id = 1
        self.acknowledged = None
        self.partial = b""
        self.arrived = collections.deque()
        self.board = self.request(READ, DESCRIBE, {})

    def close(self):
        self.socket.close()

    def request(self, operation, command, payload):
        """One request and its answer: 8 bytes of header (version 2), then a CBOR map; others' frames are passed over."""
        self.sequence = (self.sequence + 1) % 256
        body = cbor2.dumps(payload)
        head = struct.pack(">BBHHBB", 0x08 | operation, 0, len(body), GROUP, self.sequence, command)
        self.socket.sendall(head + body)
        while True:
            op, _, length, group, sequence, answered = struct.unpack(">BBHHBB", self.take(8))
            answer = cbor2.loads(self.take(length))
            if (op & 7, group, sequence, answered) == (operation + 1, GROUP, self.sequence, command):
                if "err" in answer or answer.get("rc", 0) != 0:
                    raise RuntimeError(f"the board refuses command {command}: {answer}")
                return answer

    def clock_s(self):
        """The board's time of day, seconds since 1970, UTC; None where nobody has told it yet."""
        clock = self.request(READ, CLOCK, {})
        return clock["rtc"] / 1000 if "rtc" in clock else None

    def closed(self):
        """Whether the load switch feeds the home."""
        return self.request(READ, SWITCH, {})["closed"]

    def fed(self):
        """Whether mains is there."""
        return all(self.request(READ, MAINS, {})["present"])

    def wait_for(self, holds):
        until = time.monotonic() + WAIT_S
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError("what was waited for did not come")
            time.sleep(0.02)

    def stimulate(self, **what):
        self.request(WRITE, STIMULUS, what)

    def take(self, length):
        data = b""
        while len(data) < length:
            piece = self.socket.recv(length - len(data))
            if not piece:
                raise EOFError("the board closed the line")
            data += piece
        return data

    def send(self, message):
        """A whole message, in pieces that the board takes."""
        chunk = self.board["chunk"]
        for offset in range(0, len(message), chunk):
            piece = {"id": self.next_id, "off": offset, "data": message[offset : offset + chunk]}
            if offset == 0:
                piece["len"] = len(message)
            self.request(WRITE, MESSAGE, piece)
        self.next_id += 1

    def receive(self, seconds):
        """The next whole message the board has sent out; None where none comes in time."""
        until = time.monotonic() + seconds
        while not self.arrived:
            self.poll()
            if not self.arrived:
                if time.monotonic() > until:
                    return None
                time.sleep(0.02)
        return self.arrived.popleft()

    def poll(self):
        ask = {} if self.acknowledged is None else {"ack": self.acknowledged}
        for event in self.request(READ, EVENTS, ask)["events"]:
            if self.acknowledged is not None and event["n"] <= self.acknowledged:
                continue
            self.acknowledged = event["n"]
            if event["kind"] == "message-piece":
                self.piece(event)

    def piece(self, event):
        if event["off"] == 0:
            self.partial, self.whole = b"", event["len"]
        if event["off"] != len(self.partial):
            raise RuntimeError(f"a piece at {event['off']} came where {len(self.partial)} was due")
        self.partial += event["data"]
        if len(self.partial) == self.whole:
            self.arrived.append(self.partial)
