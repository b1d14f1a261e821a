import assert from "node:assert/strict";
import { type AlertRow, alerts, devices, type Role, useCaseByCode } from "../../firmware/model/index.ts";
import { alertText, appliesTo, type Premises } from "../index.ts";
import type { AlertName, Cause } from "./alert-causes/cause.ts";
import { causes } from "./alert-causes.ts";
import { codesOf, commissioned } from "./support.ts";

const minuteMs = 60_000;
const everyWire = ["cose", "gbcs"] as const;
const types = { esme: "ESME", hub: "CHF", sapc: "SAPC" } as const;
type Name = keyof typeof types;

/** Who must hear of it: nobody of what is only logged; of who sent a command, whoever did. */
function hearers({ wan, recipients }: AlertRow, at: Name): readonly Role[] {
  if (wan === "none") return [];
  return recipients.map((role) =>
    role === "overseer" ? devices[types[at]].overseer : role === "originator" ? "supplier" : role,
  );
}

/** In which log it must be: a hub keeps in its event log what a meter keeps of its supply. */
const logs = { event: "Event", security: "Security", power: "PowerEvent", auxiliary: undefined } as const;

const heard = (home: Premises, at: Name, { code }: AlertRow) =>
  home.alerts(code).filter(({ device }) => device === home.device(at).eui);

async function expectTold(home: Premises, at: Name, name: AlertName): Promise<void> {
  const row: AlertRow = alerts[name];
  const what = `${alertText(row.code)} ${name}`;
  const told = heard(home, at, row);
  assert.deepEqual(new Set(told.map(({ to }) => to)), new Set(hearers(row, at)), `who hears of ${what}`);
  for (const { bytes, header } of told) {
    const carrier = useCaseByCode(header.code);
    assert.ok(carrier !== undefined && row.messages.includes(carrier.id), `${carrier?.id} carries ${what}`);
    assert.equal(home.suite.wire.peek(bytes).protection, carrier.alert?.protection, what);
  }
}

/** As the device answers; of one that is not read, what stands in its flash. */
async function codesKept(home: Premises, { at = "esme", logsUnread }: Cause) {
  if (logsUnread) {
    const { eventLog, securityLog, powerLog } = home.device(at).firmware!.device;
    const codes = (log: typeof eventLog) => log.entries().map(({ code }) => alertText(code));
    return { Event: codes(eventLog), Security: codes(securityLog), PowerEvent: codes(powerLog) };
  }
  return {
    Event: await codesOf(home, "Event", { to: at }),
    Security: await codesOf(home, "Security", { to: at }),
    PowerEvent: at === "hub" ? [] : await codesOf(home, "PowerEvent", { to: at, by: "networkOperator" }),
  };
}

async function expectLogged(home: Premises, cause: Cause): Promise<void> {
  const { tells } = cause;
  const kept = await codesKept(home, cause);
  for (const name of tells) {
    const row: AlertRow = alerts[name];
    const code = alertText(row.code);
    for (const [log, codes] of Object.entries(kept)) {
      const wanted = row.logs.some((own) => logs[own] === log);
      assert.equal(codes.includes(code), wanted, `${code} ${name} in the log ${log}: ${codes.join(" ")}`);
    }
  }
}

function scenario(cause: Cause): void {
  it(`${cause.what}: ${cause.tells.length === 1 ? cause.tells[0] : `${cause.tells.length} events`}`, async function () {
    const { at = "esme", tells } = cause;
    const home = await commissioned(this, cause.home);
    await home.run(minuteMs);
    await cause.bring(home);
    const missing = () =>
      tells.filter((name) => heard(home, at, alerts[name]).length < hearers(alerts[name], at).length);
    await home.runUntil(
      () => missing().length === 0,
      20 * minuteMs,
      "its alerts",
      () => `missing: ${missing().join(", ")}`,
    );
    for (const name of tells) await expectTold(home, at, name);
    await expectLogged(home, cause);
  });
}

describe("every event has a cause: who hears of it, how it is protected, which log has it", function () {
  appliesTo(this, everyWire);
  for (const cause of causes) if (cause.wires === undefined) scenario(cause);
});

describe("every event has a cause, where a wire has what it takes", function () {
  appliesTo(this, ["cose"]);
  for (const cause of causes) if (cause.wires !== undefined) scenario(cause);
});
