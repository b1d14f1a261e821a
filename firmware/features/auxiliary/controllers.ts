/** What is wired to each controller, as its type and identifier say (ECS46c sets it, ECS61e reads it). Pure. */
import { euiBytes, euiText } from "../../../hal/base/eui64.ts";
import type { Eui64 } from "../../wire/message.ts";

/** `switch` an ALCS, wired; `proportional` an APC, wired; a number an HCALCS of the home network. */
export type Fitted = "none" | "switch" | "proportional" | Eui64;

const wired = new Uint8Array(8);
const apc = 0xff;

export function typeOctets(fitted: Fitted): Uint8Array {
  if (fitted === "none") return new Uint8Array();
  if (fitted === "switch") return wired;
  return fitted === "proportional" ? Uint8Array.of(apc) : euiBytes(fitted);
}

/** Undefined for octets that name no type. */
export function readType(octets: Uint8Array): Fitted | undefined {
  if (octets.length === 0) return "none";
  if (octets.length === 1) return octets[0] === apc ? "proportional" : undefined;
  if (octets.length !== wired.length) return undefined;
  return octets.every((octet) => octet === 0) ? "switch" : euiText(octets);
}
