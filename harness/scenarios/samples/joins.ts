/** Samples of joins. */
import assert from "node:assert/strict";
import { nothing, type Sample, type Subject, sample } from "./sample.ts";

export const joined = {
  display: "00DB1234567890A4",
  listener: "00DB1234567890A8",
  meter: "00DB1234567890A7",
} as const;
const types = { display: "PPMID", listener: "IHD", meter: "ESME" } as const;
const other = (name: keyof typeof joined) => (subject: Subject) => {
  subject.announce(joined[name], types[name]);
  return { OtherDeviceID: joined[name] };
};
const success = {
  check: ({ JoiningJoin }: { readonly JoiningJoin?: string }) => assert.equal(JoiningJoin, "success"),
};
const notListed = {
  check: ({ JoiningUnjoin }: { readonly JoiningUnjoin?: string }) => assert.equal(JoiningUnjoin, "notListed"),
};

export const joinSamples: readonly Sample[] = [
  sample("CS03A1", "8.7.1", other("display"), success),
  sample("CS03A2", "8.7.1", other("meter"), { ...success, to: "sapc" }),
  sample("CS03B", "8.7.2", other("listener"), success),
  sample("CS04AC", "8.8.1", other("display"), notListed),
  sample("CS04B", "8.8.2", other("listener"), notListed),
  sample("CS07", "8.9", nothing, {
    check: ({ JoiningList }) => assert.deepEqual(JoiningList, { code: 0, devices: [] }),
  }),
];
