/** Requests of others beside the commands that they became in the published messages, for tests; and inventories that tell what a request does not. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { useCaseByCode } from "../../../firmware/model/index.ts";
import { type Directory, referenceDevices, transformXml } from "../../../harness/interface/index.ts";
import { contentOf } from "../../firmware/model/content.ts";
import { hex } from "../../support/shared-data.ts";

export interface Pair {
  readonly file: string;
  readonly xml: string;
  readonly target: string;
  readonly critical: boolean;
  /** A pre-command, or the whole command. */
  readonly message: Uint8Array;
}

/** Those requests that have a pre-command or a command. */
export function readPairs(requests: string, messages: string): Pair[] {
  const paths = new Map(
    readdirSync(messages).flatMap((folder) =>
      readdirSync(join(messages, folder)).map((file) => [file, join(messages, folder, file)] as const),
    ),
  );
  return readdirSync(requests).flatMap((file): Pair[] => {
    const stem = file.replace(/_REQUEST_DUIS\.XML$/, "");
    const preCommand = paths.get(`${stem}_PRECOMMAND_GBCS.HEX`);
    const path = preCommand ?? paths.get(`${stem}_COMMAND_GBCS.HEX`);
    if (path === undefined) return [];
    const xml = readFileSync(join(requests, file), "utf8");
    const target = /RequestID>[^:]*:([^:]*):/.exec(xml)![1]!.replaceAll("-", "").toUpperCase();
    const message = hex(readFileSync(path, "utf8"));
    return [{ file, xml, target, critical: preCommand !== undefined, message }];
  });
}

const ofHome = ["ESME", "CHF", "SAPC"];
/** To a device that there is firmware for. */
export const isOurs = ({ target }: Pair): boolean =>
  ofHome.includes(referenceDevices.get(target)?.type ?? "none");

/** The number that stands in the only reference message that shows one: the DCC had drawn it. */
const customerNumber = "1234";

/** The plain inventory first; the counter is that of whoever originated the message. */
export function inventoriesOf({ target, message, xml }: Pair): Directory[] {
  const counter = contentOf(message).counter.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const user = /RequestID>([^:]*):/.exec(xml)![1]!.replaceAll("-", "").toUpperCase();
  const device = referenceDevices.get(target)!;
  const of = (variant: object) => new Map([...referenceDevices, [target, { ...device, ...variant }]]);
  return [
    { devices: of({}), counter },
    { devices: of({ isTwin: true }), counter },
    { devices: of({ phases: 3 }), counter },
    { devices: of({ isOlder: true }), counter },
    { devices: of({}), counter, strangers: new Set([user]) },
    { devices: of({}), counter, customerNumber },
  ];
}

/** The octets that a pair is compared by: a pre-command, or a command's content. */
export const comparedOf = ({ critical, message }: Pair): Uint8Array =>
  critical ? message : contentOf(message).content;

/** With the first inventory that gives the reference's octets; else with the plain one. */
export function reproduced(pair: Pair): { readonly inventory: Directory; readonly identical: boolean } {
  const inventories = inventoriesOf(pair);
  const expected = Buffer.from(comparedOf(pair));
  const found = inventories.find((each) => {
    try {
      const { bytes, useCase } = transformXml(pair.xml, each);
      // Older and newer use cases may have the same content.
      return expected.equals(bytes) && useCaseByCode(contentOf(pair.message).code)?.id === useCase;
    } catch {
      return false;
    }
  });
  return { inventory: found ?? inventories[0]!, identical: found !== undefined };
}
