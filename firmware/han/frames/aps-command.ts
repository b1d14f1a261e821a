/** APS commands between the trust centre and its devices (Zigbee 4.4.10). */
import type { Eui64 } from "../../wire/message.ts";
import { malformed, Reader, Writer } from "./bytes.ts";

export type ApsCommand =
  | {
      readonly command: "transport-network-key";
      readonly key: Uint8Array;
      readonly keySequence: number;
      readonly destination: Eui64;
      readonly source: Eui64;
    }
  | {
      readonly command: "transport-link-key";
      readonly key: Uint8Array;
      readonly destination: Eui64;
      readonly source: Eui64;
    }
  | {
      readonly command: "update-device";
      readonly device: Eui64;
      readonly shortAddress: number;
      readonly status: number;
    }
  | { readonly command: "remove-device"; readonly device: Eui64 }
  | { readonly command: "verify-key"; readonly source: Eui64; readonly hash: Uint8Array }
  | { readonly command: "confirm-key"; readonly status: number; readonly destination: Eui64 };

const NETWORK_KEY = 1;
const TRUST_CENTRE_LINK_KEY = 4;
const KEY_BYTES = 16;

export function encodeApsCommand(command: ApsCommand): Uint8Array {
  const writer = new Writer();
  switch (command.command) {
    case "transport-network-key":
      writer.u8(0x05).u8(NETWORK_KEY).bytes(command.key).u8(command.keySequence);
      return writer.eui(command.destination).eui(command.source).done();
    case "transport-link-key":
      writer.u8(0x05).u8(TRUST_CENTRE_LINK_KEY).bytes(command.key);
      return writer.eui(command.destination).eui(command.source).done();
    case "update-device":
      return writer.u8(0x06).eui(command.device).u16(command.shortAddress).u8(command.status).done();
    case "remove-device":
      return writer.u8(0x07).eui(command.device).done();
    case "verify-key":
      return writer.u8(0x0f).u8(TRUST_CENTRE_LINK_KEY).eui(command.source).bytes(command.hash).done();
    case "confirm-key":
      return writer.u8(0x10).u8(command.status).u8(TRUST_CENTRE_LINK_KEY).eui(command.destination).done();
  }
}

/** Throws `han/malformed`. */
export function decodeApsCommand(payload: Uint8Array): ApsCommand {
  const reader = new Reader(payload);
  const command = readCommand(reader, reader.u8("APS command"));
  reader.end("APS command");
  return command;
}

function readCommand(reader: Reader, id: number): ApsCommand {
  switch (id) {
    case 0x05:
      return readTransportKey(reader);
    case 0x06:
      return {
        command: "update-device",
        device: reader.eui("device"),
        shortAddress: reader.u16("short address"),
        status: reader.u8("status"),
      };
    case 0x07:
      return { command: "remove-device", device: reader.eui("device") };
    case 0x0f:
      expectLinkKey(reader);
      return {
        command: "verify-key",
        source: reader.eui("source"),
        hash: reader.bytes(KEY_BYTES, "key hash"),
      };
    case 0x10: {
      const status = reader.u8("status");
      expectLinkKey(reader);
      return { command: "confirm-key", status, destination: reader.eui("destination") };
    }
    default:
      throw malformed("APS command", "5, 6, 7, 15 or 16", id);
  }
}

function readTransportKey(reader: Reader): ApsCommand {
  const type = reader.u8("key type");
  const key = reader.bytes(KEY_BYTES, "key");
  if (type === NETWORK_KEY) {
    const keySequence = reader.u8("key sequence number");
    const destination = reader.eui("destination");
    return { command: "transport-network-key", key, keySequence, destination, source: reader.eui("source") };
  }
  if (type !== TRUST_CENTRE_LINK_KEY) throw malformed("key type", "1 or 4", type);
  return {
    command: "transport-link-key",
    key,
    destination: reader.eui("destination"),
    source: reader.eui("source"),
  };
}

function expectLinkKey(reader: Reader): void {
  const type = reader.u8("key type");
  if (type !== TRUST_CENTRE_LINK_KEY) throw malformed("key type", "4 (trust-centre link key)", type);
}
