/**
 * How a home comes up, the whole real way: the hub attaches to the WAN, the meter is put into the hub's
 * log, joins, establishes a key, opens its tunnel, and has its clock set. Each step is waited for, bounded.
 */
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { joinTrouble } from "./hints.ts";
import type { Home } from "./home.ts";

/** The home's metering point: 13 digits, the last of them its check digit. */
const esmeMpan = "1000000000003";

const minuteMs = 60_000;
const joinLimitMs = 10 * minuteMs;
/** The window in which the meter may take the hub's time. */
const clockWindowS = 86_400;

export async function commission(home: Home): Promise<void> {
  await attachWan(home);
  await addMeter(home);
  await joinMeter(home);
  await setClock(home);
  home.trace.record({ source: "premises", kind: "commissioned" });
}

/** The hub finds the WAN and is reported installed (8.14.1). */
export async function attachWan(home: Home): Promise<void> {
  const { headEnd, hub } = home;
  await home.runUntil(() => home.wan.attached, 5 * minuteMs, "the hub's WAN attach");
  headEnd.inventory.preNotify({ eui: hub.eui, type: hub.type, installCode: hub.installCode, hub: hub.eui });
  headEnd.inventory.apply(hub.eui, "hubInstalled");
}

/** 12.2, then 8.11: the meter is announced and put into the hub's log, and the join window opens. */
export async function addMeter(home: Home, installCode = home.esme.installCode): Promise<void> {
  const { headEnd, hub, esme } = home;
  headEnd.inventory.preNotify({ eui: esme.eui, type: esme.type, installCode, hub: hub.eui, mpxn: esmeMpan });
  await home.command("8.11", { action: "add", device: esme.eui, installCode, deviceType: 0 });
}

/** The meter joins, establishes a key, and its tunnel opens; the hub tells of it (alert 8F12). */
export async function joinMeter(home: Home): Promise<void> {
  const { headEnd, esme } = home;
  const joined = () => headEnd.inventory.status(esme.eui) === "InstalledNotCommissioned";
  await home.runUntil(joined, joinLimitMs, "the meter's joining", () => joinTrouble(home));
}

/** 8.1.1: the meter takes the hub's time and is commissioned. */
export async function setClock(home: Home): Promise<void> {
  const window = { validFrom: home.nowS - clockWindowS, validUntil: home.nowS + clockWindowS };
  const { timeS, status } = await home.read("8.1.1", window);
  if (status !== 0 || Math.abs(timeS - home.nowS) > 10)
    throw new MeterbenchError(
      "premises/clock",
      `8.1.1: expected the meter's clock reliable and at ${home.nowS} ± 10 s, got ${timeS} with status ${status}`,
      { timeS, status, expectedS: home.nowS },
    );
}
