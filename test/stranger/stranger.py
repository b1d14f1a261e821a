#!/usr/bin/python3
"""A stranger's head end: written from docs/, message.cddl and board-group.cddl alone; prints one line a check.

    stranger.py                              starts `meterbench emulate` for a meter and for a hub, and asks them
    stranger.py ESME 127.0.0.1:4059 KEYS     asks a board under test, framed raw; its keys are in the folder KEYS
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import certificates
import hub
import meter
from checks import Checks
from head_end import HeadEnd, Keys, now_ms
from line import Line
from tables import Tables

ROOT = Path(__file__).resolve().parents[2]
BOARDS = {"ESME": ("esme", meter), "CHF": ("hub", hub)}


def ask(device_type, host, port, folder):
    """All checks of one device; how many there were and how many failed."""
    tables = Tables(ROOT / "docs")
    check = Checks(device_type)
    line = Line(host, int(port))
    keys = Keys(folder, now_ms() // 1000, tables.roles)
    head = HeadEnd(line, keys, tables, device_type)
    certificates.paths(check, keys)
    for part in BOARDS[device_type][1].ALL:
        part(check, head)
    line.close()
    return check.done, check.failed


def emulate(device_type):
    """A new device on a port of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["node", "--import=tsx", "harness/cli/main.ts", "emulate", "--port", "tcp://127.0.0.1:0"]
        options = ["--framing", "raw", "--device", BOARDS[device_type][0], "--keys", folder, "--seconds", "300"]
        with subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True) as board:
            try:
                where = re.search(r"tcp://([\d.]+):(\d+)", board.stdout.readline())
                return ask(device_type, where.group(1), where.group(2), folder)
            finally:
                board.terminate()
                board.communicate()


def main(arguments):
    if arguments:
        device_type, address, folder = arguments
        outcomes = [ask(device_type, *address.rsplit(":", 1), folder)]
    else:
        outcomes = [emulate(device_type) for device_type in BOARDS]
    done, failed = (sum(column) for column in zip(*outcomes))
    print(f"{done} checks, {failed} failed")
    return 1 if failed > 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
