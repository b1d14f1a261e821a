/**
 * The Key Establishment cluster (Smart Energy 1.4 annex C.3) for suite 2. A device is its client and the hub its
 * server; each command has the same form in both directions.
 */
import type { EstablishmentCommand } from "../../suite.ts";
import { malformed, Reader } from "../bytes.ts";
import { CERTIFICATE_BYTES } from "./certificate.ts";
import { POINT_BYTES } from "./curve.ts";

export const KEY_ESTABLISHMENT_CLUSTER = 0x0800;
export const CommandId = { initiate: 0, ephemeral: 1, confirm: 2, terminate: 3 } as const;
/** A bitmap on the wire: suite 1 is 0x0001. */
export const SUITE_2 = 0x0002;
export const MAC_BYTES = 16;
/** 0xFF is no time (C.3.1.2.3). */
const MAX_TIME_S = 0xfe;

/** C.3.1.2.3.4. 6 is also read as "invalid key usage". */
export const TerminateStatus = {
  unknownIssuer: 1,
  badKeyConfirm: 2,
  badMessage: 3,
  noResources: 4,
  unsupportedSuite: 5,
  invalidCertificate: 6,
} as const;
export type TerminateStatus = (typeof TerminateStatus)[keyof typeof TerminateStatus];

export type CbkeCommand =
  | {
      readonly command: "initiate";
      readonly suite: number;
      /** Longest that the sender takes for its ephemeral key and for its proof, seconds. */
      readonly ephemeralTimeS: number;
      readonly confirmTimeS: number;
      readonly certificate: Uint8Array;
    }
  | { readonly command: "ephemeral"; readonly publicKey: Uint8Array }
  | { readonly command: "confirm"; readonly mac: Uint8Array }
  | {
      readonly command: "terminate";
      readonly status: number;
      /** The peer may begin again after this, seconds. */
      readonly waitS: number;
      /** Suites that the sender has. */
      readonly suites: number;
    };

export function encodeCbke(command: CbkeCommand): EstablishmentCommand {
  const id = CommandId[command.command];
  switch (command.command) {
    case "initiate": {
      const { suite, ephemeralTimeS, confirmTimeS, certificate } = command;
      return { id, payload: Uint8Array.of(suite, suite >>> 8, ephemeralTimeS, confirmTimeS, ...certificate) };
    }
    case "ephemeral":
      return { id, payload: command.publicKey };
    case "confirm":
      return { id, payload: command.mac };
    case "terminate": {
      const { status, waitS, suites } = command;
      return { id, payload: Uint8Array.of(status, waitS, suites, suites >>> 8) };
    }
  }
}

/**
 * Throws `wire/malformed`. Of an initiate with another suite the certificate is not looked at, as its length is
 * that suite's.
 */
export function decodeCbke({ id, payload }: EstablishmentCommand): CbkeCommand {
  const reader = new Reader(payload);
  if (id === CommandId.initiate) return readInitiate(reader);
  if (id === CommandId.ephemeral)
    return { command: "ephemeral", publicKey: whole(reader, "ephemeral key", POINT_BYTES) };
  if (id === CommandId.confirm) return { command: "confirm", mac: whole(reader, "proof", MAC_BYTES) };
  if (id !== CommandId.terminate) throw malformed("key establishment command", 0, "0 to 3", id);
  const bytes = whole(reader, "terminate", 4);
  return { command: "terminate", status: bytes[0]!, waitS: bytes[1]!, suites: bytes[2]! | (bytes[3]! << 8) };
}

function readInitiate(reader: Reader): CbkeCommand {
  const suite = reader.u8("suite") | (reader.u8("suite") << 8);
  const ephemeralTimeS = timeS(reader, "ephemeral data generate time");
  const confirmTimeS = timeS(reader, "confirm key generate time");
  const bytes = suite === SUITE_2 ? CERTIFICATE_BYTES : 0;
  const certificate = bytes === 0 ? new Uint8Array(0) : whole(reader, "certificate", bytes);
  return { command: "initiate", suite, ephemeralTimeS, confirmTimeS, certificate };
}

function timeS(reader: Reader, field: string): number {
  const value = reader.u8(field);
  if (value > MAX_TIME_S) throw malformed(field, reader.at - 1, `at most ${MAX_TIME_S} s`, value);
  return value;
}

/** All that is left, which must be `count` bytes: a copy. */
function whole(reader: Reader, field: string, count: number): Uint8Array {
  if (reader.left !== count) throw malformed(field, reader.at, `${count} bytes to the end`, reader.left);
  return reader.take(field, count).slice();
}
