/**
 * How a home comes up, the whole real way: the hub attaches to the WAN, the meter is put into the hub's
 * log, joins, establishes a key, opens its tunnel, and has its clock set. Each step is waited for, bounded.
 */
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { notSet } from "../headend/readings.ts";
import { joinTrouble } from "./hints.ts";
import type { Premises } from "./premises.ts";

/** The home's metering point: 13 digits, the last of them its check digit. */
export const esmeMpan = "1000000000003";

const minuteMs = 60_000;
const joinLimitMs = 10 * minuteMs;
/** The window in which the meter may take the hub's time: the longest there is, as much of it before now as after. */
const clockWindowS = 86_400;

export async function commission(home: Premises): Promise<void> {
  await attachWan(home);
  await addMeter(home);
  await joinMeter(home);
  await setClock(home);
  home.trace.record({ source: "premises", kind: "commissioned" });
}

/** The hub finds the WAN and is reported installed (8.14.1). */
export async function attachWan(home: Premises): Promise<void> {
  const { headEnd, hub } = home;
  await home.runUntil(() => home.wan.attached, 5 * minuteMs, "the hub's WAN attach");
  headEnd.inventory.preNotify({ eui: hub.eui, type: hub.type, installCode: hub.installCode, hub: hub.eui });
  headEnd.inventory.apply(hub.eui, "hubInstalled");
}

/** 12.2, then 8.11: the meter is announced and put into the hub's log, and the join window opens. */
export async function addMeter(home: Premises, installCode = home.esme.installCode): Promise<void> {
  const { headEnd, hub, esme } = home;
  headEnd.inventory.preNotify({ eui: esme.eui, type: esme.type, installCode, hub: hub.eui, mpxn: esmeMpan });
  await home.command("8.11", addition(esme.eui, installCode));
}

/** The form of 8.11 that lists a device at the hub and opens the join window for an hour. */
export const addition = (eui: Eui64, installCode: Uint8Array) =>
  ({
    DeviceID: eui,
    RequestType: "Add",
    AddDeviceToCHFWhitelist: { JoinTimePeriod: 3600, InstallCode: installCode },
  }) as const;

/** The meter joins, establishes a key, and its tunnel opens; the hub tells of it (alert 8F12). */
export async function joinMeter(home: Premises): Promise<void> {
  const { headEnd, esme } = home;
  const joined = () => headEnd.inventory.status(esme.eui) === "InstalledNotCommissioned";
  await home.runUntil(joined, joinLimitMs, "the meter's joining", () => joinTrouble(home));
}

/** 8.1.1: the meter takes the hub's time and is commissioned. */
export async function setClock(home: Premises): Promise<void> {
  const { ClockTime: timeS, ClockStatus: status } = await home.read("8.1.1", {
    CurrentDateTime: home.nowS - clockWindowS / 2,
    TolerancePeriod: clockWindowS,
  });
  if (status !== "reliable" || timeS === notSet || Math.abs(timeS - home.nowS) > 10)
    throw new MeterbenchError(
      "premises/clock",
      `8.1.1: expected the meter's clock reliable and at ${home.nowS} ± 10 s, got ${timeS}, ${status}`,
      { timeS, status, expectedS: home.nowS },
    );
}
