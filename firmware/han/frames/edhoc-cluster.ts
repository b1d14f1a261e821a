/**
 * EDHOC over a manufacturer-specific cluster, shaped like the Key Establishment cluster (0x0800):
 * the joining device is the client. Initiate carries message 1, data the others, terminate says why not.
 */
import { malformed, Reader } from "./bytes.ts";

/** RFC 9528: method 0 (signatures both ways), cipher suite 0. */
const METHOD = 0;
const SUITE = 0;
/** A message of EDHOC with certificates by value stays far below this. */
export const MAX_EDHOC_BYTES = 1024;

export const TerminateStatus = { credentialRefused: 1, malformed: 2, unexpected: 3, noResources: 4 } as const;
export type TerminateStatus = (typeof TerminateStatus)[keyof typeof TerminateStatus];

export type EdhocCommand =
  | { readonly command: "initiate"; readonly message: Uint8Array }
  | { readonly command: "data"; readonly message: Uint8Array }
  /** `message`: the EDHOC error message, when there is one. */
  | { readonly command: "terminate"; readonly status: TerminateStatus; readonly message: Uint8Array };

export function encodeEdhoc(command: EdhocCommand): { id: number; payload: Uint8Array } {
  if (command.command === "terminate")
    return { id: 2, payload: Uint8Array.of(command.status, ...command.message) };
  if (command.command === "data") return { id: 1, payload: command.message };
  return { id: 0, payload: Uint8Array.of(METHOD, SUITE, ...command.message) };
}

/** Throws `han/malformed`. */
export function decodeEdhoc(id: number, payload: Uint8Array): EdhocCommand {
  if (payload.length > MAX_EDHOC_BYTES)
    throw malformed("EDHOC command", `${MAX_EDHOC_BYTES} bytes`, payload.length);
  const reader = new Reader(payload);
  if (id === 0) {
    const method = reader.u8("EDHOC method");
    const suite = reader.u8("EDHOC suite");
    if (method !== METHOD || suite !== SUITE)
      throw malformed("EDHOC method and suite", "0/0", `${method}/${suite}`);
    return { command: "initiate", message: reader.rest() };
  }
  if (id === 1) return { command: "data", message: reader.rest() };
  if (id !== 2) throw malformed("EDHOC command", "0..2", id);
  const status = reader.u8("terminate status");
  if (status < 1 || status > 4) throw malformed("terminate status", "1..4", status);
  return { command: "terminate", status: status as TerminateStatus, message: reader.rest() };
}
