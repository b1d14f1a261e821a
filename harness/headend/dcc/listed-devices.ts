/** What a request does not say, and the DCC's inventory does: of which type a device is, and who a user is. */
import { type DeviceName, devices, type Role, roles } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { partyIdentities } from "../parties.ts";

export interface ListedDevice {
  readonly type: DeviceName;
  readonly isTwin?: boolean;
  readonly phases?: number;
  /** It has an older form of what some requests become. */
  readonly isOlder?: boolean;
}
export type Listed = ReadonlyMap<Eui64, ListedDevice>;

/** The devices of the published reference messages, as `partyIdentities` are their parties. */
export const referenceDevices: Listed = new Map<Eui64, ListedDevice>([
  ["00DB1234567890A0", { type: "ESME" }],
  ["00DB1234567890A1", { type: "GSME" }],
  ["00DB1234567890A2", { type: "CHF" }],
  ["00DB1234567890A3", { type: "GPF" }],
  ["00DB1234567890A4", { type: "PPMID" }],
  ["00DB1234567890A5", { type: "HCALCS" }],
  ["00DB1234567890A6", { type: "SAPC" }],
  ["00DB123456789093", { type: "ESME" }],
  ["00DB123456789094", { type: "GSME" }],
  ["00DB123456789098", { type: "PPMID" }],
  ["00DB12345678909A", { type: "HCALCS" }],
]);

/** Who of the reference messages a user is; undefined for others. */
export const roleOfParty = (eui: Eui64): Role | undefined =>
  Object.values(partyIdentities).find((party) => party.eui === eui)?.role;

const variants = ["twin", "3-phase", "older"];
const example = "e.g. 00-DB-12-34-56-78-90-A0=ESME, or ...=ESME:twin:3-phase";

/** "EUI=TYPE", with `:twin` and `:3-phase` of a meter, `:older` of a device with older use cases. Throws `interface/device`. */
export function readDevice(text: string): readonly [Eui64, ListedDevice] {
  const [eui = "", words = ""] = text.split("=");
  const [type = "", ...more] = words.split(":");
  const digits = eui.replace(/[-:]/g, "").toUpperCase();
  const known = Object.keys(devices).includes(type);
  if (!/^[0-9A-F]{16}$/.test(digits) || !known || more.some((word) => !variants.includes(word)))
    throw new CodedError(
      "interface/device",
      `expected EUI=TYPE with one of ${Object.keys(devices).join(", ")}, ${example}; got ${JSON.stringify(text)}`,
      { text },
    );
  const isTwin = more.includes("twin");
  const phases = more.includes("3-phase") ? 3 : 1;
  return [digits, { type: type as DeviceName, isTwin, phases, isOlder: more.includes("older") }];
}

/** "EUI=ROLE". Throws `interface/user`. */
export function readUser(text: string): readonly [Eui64, Role] {
  const [eui = "", role = ""] = text.split("=");
  const digits = eui.replace(/[-:]/g, "").toUpperCase();
  if (/^[0-9A-F]{16}$/.test(digits) && Object.keys(roles).includes(role)) return [digits, role as Role];
  throw new CodedError(
    "interface/user",
    `expected EUI=ROLE with one of ${Object.keys(roles).join(", ")}; got ${JSON.stringify(text)}`,
    { text },
  );
}
