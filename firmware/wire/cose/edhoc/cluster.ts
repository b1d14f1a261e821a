/**
 * EDHOC over a manufacturer-specific cluster, shaped like the Key Establishment cluster (0x0800): the joining
 * device is the client. Initiate carries message 1, data the others, terminate says why not.
 */
import type { EstablishmentCommand } from "../../suite.ts";
import { malformed } from "../reader.ts";

/** EDHOC has no Zigbee cluster: this one is of the manufacturer-specific range (ZCL 2.6.1.3); the number is ours. */
export const EDHOC_CLUSTER = 0xfc0e;
/** Manufacturer-specific clusters name a manufacturer; this code is the alliance's for tests. */
export const EDHOC_MANUFACTURER = 0xfff1;

/** RFC 9528: method 0 (signatures both ways), cipher suite 0. */
const METHOD = 0;
const SUITE = 0;
/** A message of EDHOC with certificates by value stays far below this. */
export const MAX_EDHOC_BYTES = 1024;
export const INITIATE = 0;

export const TerminateStatus = { credentialRefused: 1, malformed: 2, unexpected: 3, noResources: 4 } as const;
export type TerminateStatus = (typeof TerminateStatus)[keyof typeof TerminateStatus];

export type EdhocCommand =
  | { readonly command: "initiate"; readonly message: Uint8Array }
  | { readonly command: "data"; readonly message: Uint8Array }
  /** `message`: the EDHOC error message, when there is one. */
  | { readonly command: "terminate"; readonly status: TerminateStatus; readonly message: Uint8Array };

export function encodeEdhoc(command: EdhocCommand): EstablishmentCommand {
  if (command.command === "terminate")
    return { id: 2, payload: Uint8Array.of(command.status, ...command.message) };
  if (command.command === "data") return { id: 1, payload: command.message };
  return { id: INITIATE, payload: Uint8Array.of(METHOD, SUITE, ...command.message) };
}

/** Throws `wire/malformed`. */
export function decodeEdhoc({ id, payload }: EstablishmentCommand): EdhocCommand {
  if (payload.length > MAX_EDHOC_BYTES)
    throw malformed(MAX_EDHOC_BYTES, `at most ${MAX_EDHOC_BYTES} bytes of EDHOC`, `${payload.length}`);
  if (id === INITIATE) {
    const [method, suite] = payload;
    if (method !== METHOD || suite !== SUITE)
      throw malformed(0, "EDHOC method and suite 0/0", `${method}/${suite}`);
    return { command: "initiate", message: payload.slice(2) };
  }
  if (id === 1) return { command: "data", message: payload.slice() };
  if (id !== 2) throw malformed(0, "an EDHOC command from 0 to 2", `${id}`);
  const status = payload[0] ?? 0;
  if (status < 1 || status > 4) throw malformed(0, "a terminate status from 1 to 4", `${status}`);
  return { command: "terminate", status: status as TerminateStatus, message: payload.slice(1) };
}
