"""What the stranger asks of an electricity meter."""

import struct

import cose
from attacks import Attacks
from checks import equal, flipped, refuses
from cose import must
from head_end import ANSWER_S, now_ms

EVERYTHING = [0, 0xFFFF_FFFF]
ENABLE, DISABLE, ARM = 0x33, 0x34, 0x36
RADIO, NEVER = 5, 0xFFFF_FFFF


def clock(check, head):
    check("supplier sets the clock, and has it in the answer", lambda: set_clock(head))


def reads(check, head):
    for who in ("supplier", "networkOperator", "accessControlBroker"):
        check(f"{who} reads the supply state", lambda: equal(head.command("ECS45", who, ...), ["enabled"]))
        check(f"{who} reads the firmware version", lambda: head.command("ECS52", who, ...))
        voltage = [..., ..., ..., ..., EVERYTHING, ...]
        check(f"{who} reads voltage counters and the log's selection", lambda: head.command("ECS23", who, *voltage))
    check("supplier reads the whole event log, without selector", lambda: head.command("ECS35a", "supplier", ...))
    check("supplier reads the security log", lambda: head.command("ECS35b", "supplier", EVERYTHING))
    check("supplier reads the load limit", lambda: head.command("ECS27", "supplier", *[...] * 6))
    check("the broker speaks for a supplier that the meter does not know", lambda: speaks_for(head))


def speaks_for(head):
    """Its party and counter come back in the response."""
    unknown = [head.party("secondSupplier").name, now_ms()]
    equal(head.command("ECS45", "accessControlBroker", ..., supplementary=unknown), ["enabled"])


def doubts(check, head):
    what = "an answer with one bit changed is not believed"
    check(f"{what}: MAC", lambda: not_believed(head, "ECS45", ..., "MAC is wrong"))
    check(f"{what}: signature", lambda: not_believed(head, "ECS42", ENABLE, "signature is wrong"))


def not_believed(head, name, value, words):
    protection = head.tables.use_cases[name].grant("supplier", "ESME")[0]
    head.line.send(head.protect(head.build(name, "supplier", [value]), "supplier", protection))
    data = head.line.receive(ANSWER_S)
    must(head.open(data).counter == head.counter, "as it came it is believed")
    refuses(words, lambda: head.open(flipped(data)))


def hidden_values(check, head):
    for who in ("supplier", "networkOperator"):
        check(f"{who} reads import registers, hidden from the broker", lambda: registers(head, who))
    for who in ("supplier", "networkOperator", "accessControlBroker"):
        check(f"{who} reads the half-hourly profile, hidden", lambda: head.command("ECS22b", who, EVERYTHING))
    check("hidden values open with no other key, header or bit", lambda: opens_for_one(head))


def registers(head, who):
    (values,) = head.command("ECS17b", who, ...)
    equal((values["importUnit"], values["reactiveUnit"]["unit"]), ({"scaler": 0, "unit": "wattHour"}, "varHour"))


def opens_for_one(head):
    case = head.tables.use_cases["ECS17b"]
    head.line.send(head.protect(head.build("ECS17b", "supplier", [...]), "supplier", "mac"))
    answer = head.answer()
    head.results(case, "supplier", answer)
    refuses("sealed results do not open", lambda: head.unseal("accessControlBroker", answer))
    sealed = answer.body[0][1]
    answer.counter += 1
    refuses("sealed results do not open", lambda: head.unseal("supplier", answer))
    answer.counter -= 1
    answer.body[0][1] = flipped(sealed)
    refuses("sealed results do not open", lambda: head.unseal("supplier", answer))


def commands(check, head):
    switch(check, head, "disables", "ECS43", DISABLE, "disabled", False)
    switch(check, head, "arms", "ECS44", ARM, "armed", False)
    switch(check, head, "enables", "ECS42", ENABLE, "enabled", True)
    check("supplier sets a load limit, and reads it back", lambda: load_limit(head))
    check("supplier resets the load limit counter: MAC alone", lambda: head.command("ECS28b", "supplier", 0))


def statuses(check, head):
    """What passes all checks and cannot be done is answered, and says why."""
    arm = lambda: head.command("ECS44", "supplier", ARM)
    check("a supply that is enabled cannot be armed", lambda: refuses("status other-reason", arm))
    check("a switch that is stuck is told as the hardware's fault", lambda: stuck(head))


def stuck(head):
    head.line.stimulate(stuck=True)
    refuses("status hardware-fault", lambda: head.command("ECS43", "supplier", DISABLE))
    head.alert("disconnectFailed", "supplier")
    equal(head.line.closed(), True)
    head.line.stimulate(stuck=False)
    head.command("ECS43", "supplier", DISABLE)
    equal(head.line.closed(), False)
    head.command("ECS42", "supplier", ENABLE)


def switch(check, head, does, name, script, state, closed):
    def work():
        equal(head.command(name, "supplier", script), [None])
        equal((head.line.closed(), head.command("ECS45", "supplier", ...)), (closed, [state]))
        if state == "armed":
            head.alert("supplyArmed", "supplier")

    check(f"supplier {does} the supply: signed, MACed by the broker, answered signed", work)


def set_clock(head):
    now = now_ms() // 1000
    *_, told, status = head.command("ECS70", "supplier", RADIO, [NEVER, now - 30, now + 30], 0, ..., ...)
    equal((abs(told - now) < 30, status), (True, "reliable"))


def load_limit(head):
    head.command("ECS28a", "supplier", True, 5000, 60, 120, 0, 0, 0, 0)
    cut, _, _, *limits = head.command("ECS27", "supplier", *[...] * 6)
    equal((cut, limits), (True, [5000, 60, 120]))


def alerts(check, head):
    def cover(active, name):
        head.line.stimulate(tamper={"meter-cover": active})
        head.alert(name, "supplier")

    check("a cover is removed: critical, signed, to the supplier", lambda: cover(True, "meterCoverRemoved"))
    check("a cover is closed: not critical, MACed for the supplier", lambda: cover(False, "meterCoverClosed"))
    check("the supply was away: to the network operator, with both times", lambda: outage(head))
    check("a future-dated command takes effect, and its originator is told", lambda: future_dated(head))


def outage(head):
    head.line.stimulate(mains=[False])
    head.line.wait_for(lambda: not head.line.fed())
    head.line.stimulate(mains=[True])
    times = head.alert("supplyRestored", "networkOperator")
    must(times["interrupted"] <= times["restored"], "lost before it is back")


def future_dated(head):
    at = now_ms() // 1000 + 2
    head.command("ECS28a", "supplier", False, 6000, 60, 120, at, at, at, at)
    sent = head.counter
    for step in head.tables.use_cases["ECS28a"].steps[4:]:
        told = head.alert("futureDatedDone", "supplier")["activation"]
        equal(told, struct.pack(">HQH6sB", 0x0043, sent, step.member.class_id, step.member.obis, step.member.number))
    equal(head.command("ECS27", "supplier", *[...] * 6)[3], 6000)


def attacks(check, head):
    """Each without effect: the switch stays, no answer comes, and the counter that it had still serves."""
    attack = Attacks(check, head)
    disable = dict(name="ECS43", who="supplier", values=[DISABLE])
    attack.command("a MAC with one bit changed", "mac", flip=True, **disable)
    attack.command("a MAC by the supplier in place of the broker", "mac", keys={"macs": "supplier"}, **disable)
    attack.command("a signature by the network operator", "signature", keys={"signer": "networkOperator"}, **disable)
    attack.command("a critical command that nobody has signed", "protection", protection="mac", **disable)
    attack.command("a role without a grant", "role", **{**disable, "who": "networkOperator"})
    attack.command("an argument of another type", "format", name="ECS43", who="supplier", values=[True])
    check("refused: a command once more: replay", lambda: replay(head))


def replay(head):
    """Sent twice: one answer, one alert."""
    data = head.protect(head.build("ECS42", "supplier", [ENABLE]), "supplier", "signature+mac")
    head.line.send(data)
    must(head.answer().proof == "signature", "the first is answered")
    head.line.send(data)
    head.alert(head.tables.refusals["replay"], "supplier")
    equal(head.command("ECS45", "supplier", ...), ["enabled"])


def tables_in_force(check, head):
    """What holds from the day that the firmware itself reads firmware/model: docs/model says so already."""
    attack = Attacks(check, head)
    wrong = dict(name="ECS42", who="supplier", values=[DISABLE])
    attack.command("enable, with the script that disables", "format", **wrong)
    check("supplier limits the randomised offset, and reads it back", lambda: offset(head))
    check("supplier reads the power event log", lambda: head.command("ECS35e", "supplier", EVERYTHING))
    check("supplier reads time-of-use registers, hidden", lambda: time_of_use(head))
    broker, transitional = [4, 2, 0], [5, 1, 0]
    check("the broker reads trust anchors, MACed", lambda: anchors(head, "accessControlBroker", broker))
    check("a party reads trust anchors, signed both ways", lambda: anchors(head, "transitionalCoS", transitional))


def offset(head):
    head.command("ECS38", "supplier", 900)
    equal(head.command("ECS26c", "supplier", ..., ..., ...)[2], 900)


def time_of_use(head):
    (values,) = head.command("ECS17d", "supplier", ...)
    equal(len(values["tou"]), 48)


def anchors(head, who, asker):
    (reply,) = head.command("CS02a", who, [asker, [head.tables.roles["supplier"]]])
    equal([(one["role"], one["status"]) for one in reply], [("supplier", "success")])
    held = {(one["usage"], one["cellUsage"]): one for one in reply[0]["anchors"]}
    supplier = head.party("supplier")
    signing = held["sign", "management"]
    equal((signing["holder"], signing["key"]), (supplier.name, cose.key_id(supplier.signing.public)))


ALL = (clock, reads, doubts, hidden_values, commands, statuses, alerts, attacks, tables_in_force)
