/**
 * How a home comes up, the whole real way: the hub attaches to the WAN; each meter is put into the hub's
 * log, joins, establishes a key, opens its tunnel, and has its clock set. Each step is waited for, bounded.
 */

import { CodedError } from "../../hal/base/coded-error.ts";
import type { Eui64 } from "../../hal/base/eui64.ts";
import { notSet } from "../headend/readings.ts";
import { serviceRequest } from "../headend/requests/index.ts";
import { joinTrouble } from "./hints.ts";
import type { Home } from "./home.ts";
import type { HomeDevice } from "./home-device.ts";
import { hubOf, meterOf, metersOf } from "./which-device.ts";

const minuteMs = 60_000;
const joinLimitMs = 10 * minuteMs;
/** The window in which the meter may take the hub's time: the longest there is, as much of it before now as after. */
const clockWindowS = 86_400;

export async function commission(home: Home): Promise<void> {
  await attachWan(home);
  for (const meter of metersOf(home)) {
    await addMeter(home, meter.installCode, meter);
    await joinMeter(home, meter);
    if (takesClock(meter)) await setClock(home, meter);
  }
  home.trace.record({ source: "premises", kind: "commissioned" });
}

/** The hub finds the WAN and is reported installed (8.14.1). */
export async function attachWan(home: Home): Promise<void> {
  const { headEnd } = home;
  const hub = hubOf(home);
  await home.runUntil(() => home.wan.attached, 5 * minuteMs, "the hub's WAN attach");
  const { eui, type, installCode, details } = hub;
  headEnd.inventory.preNotify({ eui, type, installCode, hub: eui, details });
  headEnd.inventory.apply(hub.eui, "hubInstalled");
}

/** 12.2, then 8.11: the meter (the home's first) is announced and put into the hub's log, and the join window opens. */
export async function addMeter(
  home: Home,
  installCode?: Uint8Array,
  { eui, type, mpxn, installCode: own, details } = meterOf(home),
): Promise<void> {
  const code = installCode ?? own;
  home.headEnd.inventory.preNotify({ eui, type, installCode: code, hub: hubOf(home).eui, mpxn, details });
  await home.command("8.11", addition(eui, code));
}

/** The form of 8.11 that lists a device at the hub and opens the join window for an hour. */
export const addition = (eui: Eui64, installCode: Uint8Array) =>
  ({
    DeviceID: eui,
    RequestType: "Add",
    AddDeviceToCHFWhitelist: { JoinTimePeriod: 3600, InstallCode: installCode },
  }) as const;

/** The meter joins, establishes a key, and its tunnel opens; the hub tells of it (alert 8F12). */
export async function joinMeter(home: Home, { eui } = meterOf(home)): Promise<void> {
  const joined = () => home.headEnd.inventory.status(eui) === "InstalledNotCommissioned";
  await home.runUntil(joined, joinLimitMs, "the meter's joining", () => joinTrouble(home));
}

const takesClock = ({ type }: HomeDevice): boolean => serviceRequest("8.1.1").devices.includes(type);

/** 8.1.1: the meter takes the hub's time and is commissioned. */
export async function setClock(home: Home, { name } = meterOf(home)): Promise<void> {
  const window = { CurrentDateTime: home.nowS - clockWindowS / 2, TolerancePeriod: clockWindowS };
  const { ClockTime: timeS, ClockStatus: status } = await home.read("8.1.1", window, { to: name });
  if (status !== "reliable" || timeS === notSet || Math.abs(timeS - home.nowS) > 10)
    throw new CodedError(
      "premises/clock",
      `8.1.1: expected the meter's clock reliable and at ${home.nowS} ± 10 s, got ${timeS}, ${status}`,
      { timeS, status, expectedS: home.nowS },
    );
}
