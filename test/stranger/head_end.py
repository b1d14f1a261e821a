"""A head end for one device: commands out, answers and alerts in, and nothing believed that is not verified."""

import time
from dataclasses import dataclass
from pathlib import Path

import cose
from cose import must
from values import Reader

ANSWER_S = 20.0
CLOCKS_DIFFER_S = 60
# docs/head-end.md: who is who in the folder that `emulate --keys` writes.
PARTIES = {
    "supplier": "90B3D51F30010000",
    "secondSupplier": "90B3D51F30030000",
    "networkOperator": "90B3D51F30020000",
    "accessControlBroker": "90B3D51F30000002",
    "transitionalCoS": "90B3D51F30000004",
    "recovery": "90B3D51F30000001",
    "wanProvider": "90B3D51F30000007",
}


def now_ms():
    """Counters grow over runs, for a device forgets none."""
    return int(time.time() * 1000)


@dataclass
class Party:
    name: bytes
    signing: cose.Key
    agreement: cose.Key


@dataclass
class Message:
    kind: int
    code: int
    originator: bytes
    target: bytes
    counter: int
    time: object
    supplementary: object
    body: list
    proof: str


class Keys:
    """A folder of certificates and private keys; every certificate is proven up to the root before it is believed."""

    def __init__(self, folder, now, roles):
        self.folder, self.now = Path(folder), now
        self.issuing, self.root = self.certificate("issuing"), self.certificate("root")
        self.proven = {file.stem: self.prove(file.stem) for file in sorted(self.folder.glob("????????????????-*.cwt"))}
        self.device = next(bytes.fromhex(one.subject) for one in self.proven.values() if one.role == cose.DEVICE)
        self.parties = {}
        for party, name in PARTIES.items():
            role = roles.get(party, roles["supplier"])
            must(self.proven[f"{name}-ds"].role == role, f"{name} has not the role of {party}")
            self.parties[party] = Party(
                bytes.fromhex(name), self.pair(f"{name}-ds", cose.Key.signing), self.pair(f"{name}-ka", cose.Key.agreement)
            )

    def certificate(self, stem):
        return cose.Certificate.read((self.folder / f"{stem}.cwt").read_bytes())

    def prove(self, stem):
        certificate = self.certificate(stem)
        cose.verify_path(certificate, self.issuing, self.root, self.now)
        must(stem.startswith(certificate.subject), f"{stem} is of {certificate.subject}")
        usage = cose.SIGN if stem.endswith("-ds") else cose.AGREE
        must(certificate.usage == usage, f"{stem} has usage {certificate.usage}")
        return certificate

    def pair(self, stem, kind):
        key = kind(bytes.fromhex((self.folder / f"{stem}.key").read_text().strip()))
        must(key.public == self.proven[stem].public, f"{stem}: the certificate is of another key")
        return key


class HeadEnd:
    def __init__(self, line, keys, tables, device_type):
        self.line, self.keys, self.tables, self.device_type = line, keys, tables, device_type
        self.reader = Reader(tables.types)
        self.device = keys.device
        name = keys.device.hex().upper()
        self.signing, self.agreement = keys.proven[f"{name}-ds"].public, keys.proven[f"{name}-ka"].public
        self.counter = now_ms()
        self.alert_counter = 0
        self.alerts = []

    def party(self, who):
        return self.keys.parties[who]

    # Commands ------------------------------------------------------------------------------------------------
    def content(self, code, originator, operations, *, counter=None, kind=cose.COMMAND, target=None, supplementary=None):
        if counter is None:
            self.counter += 1
            counter = self.counter
        return cose.encode([kind, code, originator, target or self.device, counter, None, supplementary, operations])

    @staticmethod
    def operation(step, value):
        """`...` stands for a get without selector."""
        plain = [step.op, step.member.object, step.member.number]
        return plain if value is ... else [*plain, value]

    def build(self, name, who, values, **header):
        case = self.tables.use_cases[name]
        operations = [self.operation(step, value) for step, value in zip(case.steps, values, strict=True)]
        return self.content(case.codes[0], self.party(who).name, operations, **header)

    def protect(self, content, who, protection, signer=None, macs="accessControlBroker", target=None):
        """As docs/model/roles.md has it: the originator signs, the access control broker MACs; others' keys for attacks."""
        originator, broker = self.party(who), self.party(macs).agreement
        if "signature" in protection:
            content = cose.sign(content, self.party(signer or who).signing)
        if "mac" not in protection:
            return cose.encode(content)
        content = cose.encode(content) if "signature" in protection else content
        key = cose.derive(broker, self.agreement, originator.name, target or self.device)
        return cose.encode(cose.mac(content, key, broker.public))

    def command(self, name, who, *values, role=None, supplementary=None):
        """Sends a use case and returns the values of its results; raises Refused where the answer is not what is due."""
        case = self.tables.use_cases[name]
        command, response = case.grant(role or who, self.device_type)
        content = self.build(name, who, values, supplementary=supplementary)
        self.line.send(self.protect(content, who, command))
        answer = self.answer()
        must(answer.proof == response, f"the response has a {answer.proof}, {response} is due")
        must(answer.code in case.codes, f"the response is of {answer.code:04X}")
        must(answer.target == self.party(who).name, "the response is for who asked")
        must(answer.counter == self.counter, f"the response has counter {answer.counter}, {self.counter} is due")
        must(answer.supplementary == supplementary, "the response repeats the party that the broker spoke for")
        return self.results(case, who, answer)

    # Answers -------------------------------------------------------------------------------------------------
    def receive(self):
        data = self.line.receive(ANSWER_S)
        must(data is not None, f"nothing came in {ANSWER_S} s")
        message = self.open(data)
        if message.kind == cose.ALERT:
            must(message.counter > self.alert_counter, "the counter of alerts grows")
            self.alert_counter = message.counter
        return message

    def answer(self):
        """The next response; alerts that come before it are kept."""
        while True:
            message = self.receive()
            if message.kind == cose.RESPONSE:
                return message
            self.check_alert(message)
            self.alerts.append(message)

    def open(self, data):
        """A message of the device's, authenticated: the header's target is who has the key to its MAC."""
        item = cose.decode(data)
        if item.tag == cose.SIGN1:
            payload, proof = cose.verify(item, self.signing), "signature"
        else:
            _, _, originator, target, *_ = cose.decode(item.value[2])
            ours = next(party for party in self.keys.parties.values() if party.name == target)
            key = cose.derive(ours.agreement, self.agreement, originator, target)
            payload, proof = cose.check_mac(item, key, self.agreement), "mac"
        message = Message(*cose.decode(payload), proof)
        must(message.kind in (cose.RESPONSE, cose.ALERT), "a device sends responses and alerts")
        must(message.originator == self.device, "the device is the originator")
        self.check_time(message.time)
        return message

    def check_time(self, told):
        clock = self.line.clock_s()
        must((told is None) == (clock is None), f"{told} is told where the board's clock says {clock}")
        must(told is None or abs(told - clock) < CLOCKS_DIFFER_S, f"{told} is told at {clock}")

    def results(self, case, who, answer):
        results = answer.body
        if case.hidden:
            results = self.unseal(who, answer)
        must(len(results) == len(case.steps), "one result for each step")
        return [self.result(step, result) for step, result in zip(case.steps, results)]

    def unseal(self, who, answer):
        must(len(answer.body) == 1 and answer.body[0][0] == 0, "hidden values travel as one result")
        key = cose.derive(self.party(who).agreement, self.agreement, self.device, answer.target, cose.A128GCM, 128)
        return cose.unseal(answer.body[0][1], key, [cose.RESPONSE, self.device, answer.target, answer.counter])

    def result(self, step, result):
        status = self.tables.statuses[result[0]]
        must(status == "success" or len(result) == 1, "only success brings a value")
        must(status == "success", f"status {status}")
        if step.op == self.tables.OPS["get"]:
            return self.reader.read(step.member.type, result[1])
        returns = "nothing" if step.op == self.tables.OPS["set"] else step.member.returns
        must(returns != "nothing" or len(result) == 1, "nothing is returned by leaving it out")
        return None if returns == "nothing" else self.reader.read(returns, result[1])

    # Alerts --------------------------------------------------------------------------------------------------
    def alert(self, name, to=None):
        """Waits for this alert, verified against its row in the tables, and returns its values by name."""
        message = self.alerts.pop(0) if self.alerts else self.receive()
        must(message.kind == cose.ALERT, f"a {message.code:04X} response came where {name} is due")
        row, values = self.check_alert(message)
        must(row.name == name, f"{row.name} came where {name} is due")
        must(to is None or message.target == self.party(to).name, f"{name} is for {to}")
        return values

    def check_alert(self, message):
        code, values = message.body
        row = self.tables.alert(code)
        case = next((one for one in map(self.tables.use_cases.get, row.messages) if message.code in one.codes), None)
        must(case is not None, f"{row.name} travels as {row.messages}, not {message.code:04X}")
        must(message.proof == case.alert_proof, f"{row.name} has a {message.proof}, {case.alert_proof} is due")
        to = [self.tables.overseers[self.device_type] if one == "overseer" else one for one in row.to]
        must("originator" in to or message.target in [self.party(one).name for one in to], f"{row.name} is for {to}")
        return row, self.reader.read(case.alert_values or "{ }", values)
