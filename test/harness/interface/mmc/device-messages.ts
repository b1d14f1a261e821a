/** The published responses and alerts of the devices that there is firmware for. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { useCaseByCode } from "../../../../firmware/model/index.ts";
import type { Header } from "../../../../firmware/wire/message.ts";
import { referenceDevices } from "../../../../harness/interface/index.ts";
import { makeCheck, readMessageFile } from "../../../../harness/verify/index.ts";

export interface DeviceMessage {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly header: Header;
}

const ofHome = ["ESME", "CHF", "SAPC"] as const;
type OfHome = (typeof ofHome)[number];

/** By who sends it; of a device that no inventory lists by the use case. */
function isOurs({ originator, code }: Header): boolean {
  const listed = referenceDevices.get(originator)?.type;
  if (listed !== undefined) return ofHome.includes(listed as OfHome);
  return useCaseByCode(code)?.devices.some((type) => ofHome.includes(type as OfHome)) ?? false;
}

export function readDeviceMessages(messages: string, keysDir: string): readonly DeviceMessage[] {
  const { check } = makeCheck({ wire: "gbcs", keysDir });
  const paths = readdirSync(messages, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".HEX"),
  );
  return paths.sort().flatMap((path) => {
    const bytes = readMessageFile(join(messages, path));
    const { kind, header } = check(bytes);
    const isTold = kind === "response" || kind === "alert";
    return isTold && header !== undefined && isOurs(header) ? [{ file: basename(path), bytes, header }] : [];
  });
}
