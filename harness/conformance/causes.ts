/**
 * What brings alerts about, by their code: something happens to a device or its board, and firmware finds it out. A cause
 * may look at what the reference tells (times, reasons) to bring about just that; it raises nothing itself. Outcomes of
 * future-dated commands need no row: their command is their cause.
 */
import { alerts } from "../../firmware/model/index.ts";
import type { Alert, Header } from "../../firmware/wire/message.ts";
import type { Kit, ReferenceDevice, RunningReference } from "./reference-device.ts";

export interface Scene {
  readonly running: RunningReference;
  readonly device: ReferenceDevice;
  readonly kit: Kit;
  /** As the reference tells it, hidden values opened. */
  readonly alert: Alert;
  /** Of the reference. */
  readonly header: Header;
}

export type Cause = (scene: Scene) => Promise<void>;

/** The mains fail and come back, when the alert says. */
const outage: Cause = async ({ alert, running }) => {
  const [lostS, restoredS] = alert.values as readonly [number, number];
  const { board } = running;
  await running.moveTo(lostS);
  board.mockMains.lose();
  await running.run(1000 * (restoredS - lostS));
  board.mockMains.restore();
  await running.run(60_000);
};

export const causes: Readonly<Record<number, Cause>> = {
  [alerts.supplyRestored.code]: outage,
  [alerts.supplyRestoredAfterLong.code]: outage,
};
