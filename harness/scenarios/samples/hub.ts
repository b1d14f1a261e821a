/** Samples of the hub. */
import assert from "node:assert/strict";
import { standardDevice } from "../../premises/device-specs.ts";
import { nothing, type Sample, sample, state } from "./sample.ts";

const ppmid = "00DB1234567890A5";

export const hubSamples: readonly Sample[] = [
  sample("CCS01", "8.11", (subject) => {
    subject.announce(ppmid, "PPMID");
    return {
      DeviceID: ppmid,
      RequestType: "Add",
      AddDeviceToCHFWhitelist: { JoinTimePeriod: 3600, InstallCode: "00".repeat(16) },
    };
  }),
  sample("CCS06", "8.9", nothing, {
    ...state,
    check: ({ DeviceLog }) => assert.equal(DeviceLog?.length, 1),
  }),
  sample("CCS07", "8.9", () => ({ ReadSecurityDetails: {} }), {
    ...state,
    check: ({ DeviceLogBackUp, HistoricDeviceLogBackUp }) => {
      assert.equal(DeviceLogBackUp?.devices[0]?.keyHash.length, 32);
      assert.deepEqual(HistoricDeviceLogBackUp?.devices, []);
    },
  }),
  sample("CCS03", "8.12.1", () => ({ OldCHFID: standardDevice("CHF").eui })),
  sample("CCS02", "8.11", ({ listed }) => ({ DeviceID: listed, RequestType: "Remove" })),
];
