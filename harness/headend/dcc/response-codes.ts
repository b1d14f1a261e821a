/** The response codes of DUIS V5.4, all 194, and the meanings of those whose meaning is known. */
import { z } from "zod";

/** What sources say that a code means; the schema has codes without a word. */
export const meanings = {
  I0: "success",
  I99: "accepted: access control passed",
  E1: "user and role do not belong together",
  E2: "the role may not use this service",
  E3: "the user's status does not allow it",
  E4: "the user or its role is not entitled to this device at that time",
  E5: "the device's status in the inventory does not allow it",
  E11: "the service is not for this device type",
  E12: "the command variant is not for this request",
  E13: "wrong web service for this kind of request",
  E17: "not available for local delivery",
  E19: "no such device",
  E20: "the device cannot be reached",
  E21: "the device did not answer",
  E30: "a future-dated command timed out",
  E120201: "the same device is named as hub and as gas proxy",
} as const;

const range = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => `E${first + i}`);

const general: readonly string[] = [
  ...[
    "I0",
    "I99",
    ...range(1, 5),
    ...range(11, 13),
    "E17",
    ...range(19, 21),
    ...range(30, 31),
    ...range(40, 71),
  ],
  ...["E100", ...range(1000, 1001), ...range(1003, 1004), ...range(1006, 1008), ...range(1010, 1011)],
];

/** Numbers of the codes of one service, by its reference in four digits; W: a warning, else an error. */
const ofServices: Readonly<Record<string, string>> = {
  "0101": "01-02",
  "0102": "01",
  "0303": "01-02",
  "0401": "01",
  "0417": "01",
  "0501": "01-03 05 07-12",
  "0502": "01-02 W01",
  "0503": "01-02 W01",
  "0605": "01-02",
  "0607": "01",
  "0608": "01-03",
  "0613": "01 04-05",
  "0615": "01 04-09",
  "0618": "01-03",
  "0621": "01-03 05",
  "0622": "01-03",
  "0623": "01-06",
  "0624": "01-03",
  "0628": "01-03",
  "0802": "01-02",
  "0803": "01-02",
  "0804": "05-15",
  "0805": "01-03",
  "0806": "01-02 04 06-07",
  "0807": "02 21-23",
  "0808": "01 21-22",
  "0809": "01-03",
  "0811": "01-02 04-11",
  "0812": "02 04-05 21-23",
  "0813": "01-03",
  "0814": "01-02 05-06 W01",
  "1101": "01-03 05-06 W01",
  "1104": "01-03 05 W01",
  "1201": "01-03",
  "1202": "01 03-04 07",
};

function* codesOf(service: string, numbers: string): Generator<string> {
  for (const each of numbers.split(" ")) {
    const [, letter, first, last] = /^(W?)(\d\d)(?:-(\d\d))?$/.exec(each) as unknown as string[];
    for (let number = Number(first); number <= Number(last ?? first); number++)
      yield `${letter || "E"}${service}${String(number).padStart(2, "0")}`;
  }
}

export const responseCodes: ReadonlySet<string> = new Set([
  ...general,
  ...Object.entries(ofServices).flatMap(([service, numbers]) => [...codesOf(service, numbers)]),
]);

/** One of DUIS's codes: users' systems refuse any other. */
export const responseCode = z
  .string()
  .refine((code) => responseCodes.has(code), "expected a response code of DUIS V5.4, e.g. I0");
