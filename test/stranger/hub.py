"""What the stranger asks of a communications hub: it knows no supplier, and the broker oversees it."""

import os

from attacks import Attacks
from checks import equal
from cose import RESPONSE

EVERYTHING = [0, 0xFFFF_FFFF]
INSTALL_CODE, PPMID = 1, 132
DEVICE = bytes.fromhex("00DB1234567890A7")
BROKER = "accessControlBroker"


def reads(check, head):
    check("the broker reads the firmware version", lambda: head.command("ECS52", BROKER, ...))
    check("the broker reads the event log", lambda: head.command("ECS35c", BROKER, EVERYTHING))
    check("the broker reads the security log", lambda: head.command("ECS35d", BROKER, EVERYTHING))
    check("the hub has no device in its log", lambda: equal(head.command("CCS06", BROKER, ...), [[]]))


def device_log(check, head):
    check("the broker adds a device, and an alert tells the new log", lambda: add(head))
    check("the broker reads the device", lambda: equal(listed(head), [DEVICE]))
    check("the broker removes it, and an alert tells so", lambda: remove(head))


def listed(head):
    return [one["device"] for one in head.command("CCS06", BROKER, ...)[0]]


def add(head):
    head.command("CCS01", BROKER, [DEVICE, INSTALL_CODE, bytes(range(16)), PPMID], 600, True)
    told = head.alert("hubDeviceLogChanged", BROKER)
    equal([one["device"] for one in told["backup"]["devices"]], [DEVICE])


def remove(head):
    head.command("CCS02", BROKER, DEVICE)
    equal(head.alert("hubDeviceLogChanged", BROKER)["backup"]["devices"], [])


def attacks(check, head):
    """The reasons that a meter's attacks leave out. Eight: a device tells nine in an hour."""
    attack = Attacks(check, head)
    read = dict(name="ECS52", who=BROKER, values=[...])
    remove = dict(name="CCS02", who=BROKER, values=[DEVICE])
    attack.bytes("bytes that are no message", "malformed", os.urandom(40))
    attack.command("a response in place of a command", "not-a-command", kind=RESPONSE, **read)
    attack.command("a command for another device", "not-for-me", target=DEVICE, **read)
    attack.command("a use case of the meter's", "unknown-use-case", name="ECS45", who=BROKER, values=[...])
    attack.command("a party that the hub does not know", "unknown-party", **{**read, "who": "supplier"})
    attack.command("a role without a grant", "role", **{**read, "who": "transitionalCoS"})
    attack.command("a MAC with one bit changed", "mac", flip=True, **remove)
    attack.command("an operation too many", "format", extra=True, **read)


ALL = (reads, device_log, attacks)
