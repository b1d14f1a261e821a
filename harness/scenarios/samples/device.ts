/** Samples of what every device has: time, logs, firmware. */
import assert from "node:assert/strict";
import type { Parameters } from "../../index.ts";
import { isList, log, nothing, type Sample, type Subject, sample, state } from "./sample.ts";

/** A window around now. */
export const aroundNow = ({ nowS }: Pick<Subject, "nowS">): Parameters<"6.11"> => ({
  CurrentDateTime: nowS - 3600,
  TolerancePeriod: 7200,
});

export const deviceSamples: readonly Sample[] = [
  sample("ECS70", "6.11", aroundNow, {
    ...state,
    check: ({ ClockStatus }) => assert.equal(ClockStatus, "reliable"),
  }),
  sample("ECS52", "11.2", nothing, {
    check: ({ FirmwareVersion }) => assert.equal(FirmwareVersion, "00010000"),
  }),
  sample("CS06", "11.3", () => ({ FirmwareHash: "00".repeat(32) }), {
    check: ({ FirmwareImageActivate: { outcome } }) => assert.equal(outcome?.code, "noImage"),
  }),
  sample("ECS15a", "3.3", nothing),
  sample("ECS35a", "6.13", log("Event"), { ...state, check: ({ EventLog }) => isList(EventLog) }),
  sample("ECS35b", "6.13", log("Security"), { ...state, check: ({ SecurityLog }) => isList(SecurityLog) }),
  sample("ECS35e", "6.13", log("PowerEvent"), {
    ...state,
    check: ({ PowerEventLog }) => isList(PowerEventLog),
  }),
  sample("ECS35c", "6.13", log("Event"), { ...state, check: ({ EventLog }) => isList(EventLog) }),
  sample("ECS35d", "6.13", log("Security"), { ...state, check: ({ SecurityLog }) => isList(SecurityLog) }),
];
