"""Commands that a device must refuse: with the alert that docs/head-end.md promises for the reason, and nothing else."""

from checks import equal, flipped


class Attacks:
    def __init__(self, check, head):
        self.check, self.head = check, head

    def command(self, what, reason, *, name, who, values, flip=False, extra=False, protection=None, keys={}, **header):
        """A use case as it should be but for one thing; `keys`: the parties that really sign and MAC."""

        def data():
            head, case = self.head, self.head.tables.use_cases[name]
            operations = [head.operation(step, value) for step, value in zip(case.steps, values, strict=True)]
            content = head.content(case.codes[0], head.party(who).name, operations * (2 if extra else 1), **header)
            grant = case.grants[0][2]
            made = head.protect(content, who, protection or grant, target=header.get("target"), **keys)
            return flipped(made) if flip else made

        self.bytes(what, reason, data)

    def bytes(self, what, reason, data):
        alert = self.head.tables.refusals[reason]

        def work():
            head = self.head
            before, counter = self.state(), head.counter
            head.line.send(data() if callable(data) else data)
            head.alert(alert, head.tables.overseers[head.device_type])
            # Counters that refused commands brought are free; and the next message is the answer to this, no other's.
            head.counter = counter
            equal(self.state(), before)

        self.check(f"refused: {what}: {reason}, {alert}", work)

    def state(self):
        head = self.head
        if head.device_type == "CHF":
            return head.command("CCS06", "accessControlBroker", ...)
        return head.line.closed(), head.command("ECS45", "supplier", ...)
