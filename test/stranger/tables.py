"""The message set, read from docs/model (and statuses from message.cddl): what is not written there, this head end does not know."""

import re
from dataclasses import dataclass, field
from pathlib import Path


WIRE = "../../firmware/wire/cose/message.cddl"


@dataclass
class Member:
    object: int
    number: int
    kind: str
    type: str
    returns: str
    class_id: int = 0
    obis: bytes = b""


@dataclass
class Step:
    op: int
    member: Member
    fixed: str


@dataclass
class AlertRow:
    name: str
    code: int
    to: list  # roles, or overseer or originator
    messages: list  # names of use cases


@dataclass
class UseCase:
    name: str
    codes: list
    devices: list
    protected_from_replay: bool
    hidden: bool
    grants: list  # role, device, protection of the command, of its response
    steps: list = field(default_factory=list)
    alert_proof: str = ""
    alert_values: str = ""

    def grant(self, role, device):
        """Protection of command and response where this role may send it to this device, else None."""
        found = [one[2:] for one in self.grants if one[:2] == (role, device)]
        return found[0] if found else None


def sections(file):
    """Heading and lines of each second-level section."""
    for part in re.split(r"^## ", file.read_text(), flags=re.M)[1:]:
        heading, *lines = part.splitlines()
        yield heading, lines


def rows(lines):
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        if cells and not set(cells[0]) == {"-"}:
            yield [cell.strip("`") for cell in cells]


class Tables:
    OPS = {"get": 1, "set": 2, "call": 3}

    def __init__(self, docs):
        self.model = Path(docs) / "model"
        self.types = {row[0]: row[1] for row in rows((self.model / "types.md").read_text().splitlines()) if len(row) == 3}
        roles = rows(self.section("roles.md", "Roles, cells, devices"))
        self.roles = {row[0]: int(row[1]) for row in roles if row[1].isdigit()}
        self.overseers = {row[0]: row[6] for row in rows(self.section("roles.md", "Device types")) if len(row) == 7}
        self.alerts = {row.name: row for row in self.read_alerts()}
        statuses = re.search(r"^status = &\((.*?)\)", (self.model / WIRE).read_text(), re.M | re.S).group(1)
        self.statuses = {int(number): name for name, number in re.findall(r"([\w-]+): (\d+)", statuses)}
        refused = rows(self.section("../head-end.md", "What is refused"))
        self.refusals = {row[0]: row[2] for row in refused if row[0] != "reason"}
        self.members = dict(self.read_members("objects.md"))
        self.use_cases = {case.name: case for case in self.read_use_cases()}

    def section(self, file, title):
        text = (self.model / file).read_text()
        return re.split(r"^#+ ", text.split(f"# {title}", 1)[1], maxsplit=1, flags=re.M)[0].splitlines()

    def read_alerts(self):
        for row in rows((self.model / "alerts.md").read_text().splitlines()):
            if len(row) == 10 and row[0] != "code":
                yield AlertRow(row[1], int(row[0], 16), row[7].split(), re.findall(r"(\S+) \(\w+\)", row[8]))

    def read_members(self, file):
        for heading, lines in sections(self.model / file):
            number, name = heading.split()
            where = re.match(r"class (\d+) ([\d.:-]+):", lines[1])
            dlms = (int(where.group(1)), bytes(map(int, re.findall(r"\d+", where.group(2))))) if where else ()
            for row in rows(lines):
                if row[0] in ("attribute", "method"):
                    kind, member, label, type_, _, note = (row + [""])[:6]
                    returns = re.search(r"returns `(.*)`?$", note)
                    returned = returns.group(1) if returns else "nothing"
                    yield f"{name}.{label}", Member(int(number), int(member), kind, type_, returned, *dlms)

    def read_use_cases(self):
        for heading, lines in sections(self.model / "use-cases.md"):
            name, codes = re.fullmatch(r"(\S+) \((.*)\)", heading).groups()
            text = next(line for line in lines if line)
            words = text.rsplit(": ", 1)[1] if ": " in text else text
            case = UseCase(
                name,
                [int(code, 16) for code in codes.split("/")],
                [device.strip() for device in words.split(";")[0].split(",")],
                "; replay-protected" in text,
                "values travel encrypted" in text,
                [],
                alert_proof="signature" if text.endswith("; signed") else "mac" if text.endswith("; MACed") else "",
            )
            for line in lines:
                if line.startswith("May send it: "):
                    case.grants += self.read_grants(line, case.devices)
                found = re.fullmatch(r"After code and time: `(.*)`", line)
                case.alert_values = found.group(1) if found else case.alert_values
            for row in rows(lines):
                if row[0].isdigit() and row[1] in self.OPS and row[2] in self.members:
                    case.steps.append(Step(self.OPS[row[1]], self.members[row[2]], row[3] if len(row) > 3 else ""))
            yield case

    @staticmethod
    def read_grants(line, devices):
        for role, listed, command, response in re.findall(r"(\w+)( on [A-Z, ]+)? \(([\w+]+); response: (\w+)\)", line):
            for device in listed[4:].split(", ") if listed else devices:
                yield (role, device, command, response)

    def alert(self, code):
        return next(row for row in self.alerts.values() if row.code == code)
