/** Tunneling cluster 0x0704 (Smart Energy annex D.6): the hub is the client, the device the server. */
import { malformed, Reader, Writer } from "./bytes.ts";

/** GB-HGRP: what the GB home network's tunnels carry. */
export const GB_PROTOCOL = 6;
export const ANY_MANUFACTURER = 0xffff;
/** Longest message a tunnel takes in one transfer. */
export const MAX_TRANSFER_BYTES = 1500;

export const TunnelStatus = {
  success: 0,
  busy: 1,
  noMoreIds: 2,
  protocolUnsupported: 3,
  flowControlUnsupported: 4,
} as const;

export type TunnelCommand =
  | {
      readonly command: "request";
      readonly protocol: number;
      readonly manufacturer: number;
      readonly flowControl: boolean;
      readonly maxTransferBytes: number;
    }
  | {
      readonly command: "response";
      readonly tunnel: number;
      readonly status: number;
      readonly maxTransferBytes: number;
    }
  | { readonly command: "close"; readonly tunnel: number }
  /** Both directions. */
  | { readonly command: "transfer"; readonly tunnel: number; readonly data: Uint8Array }
  | { readonly command: "transfer-error"; readonly tunnel: number; readonly status: number };

/** The command's number in the direction given, and its payload. */
export function encodeTunnel(
  command: TunnelCommand,
  fromServer: boolean,
): { id: number; payload: Uint8Array } {
  const writer = new Writer();
  switch (command.command) {
    case "request":
      writer
        .u8(command.protocol)
        .u16(command.manufacturer)
        .u8(command.flowControl ? 1 : 0);
      return { id: 0, payload: writer.u16(command.maxTransferBytes).done() };
    case "response":
      return {
        id: 0,
        payload: writer.u16(command.tunnel).u8(command.status).u16(command.maxTransferBytes).done(),
      };
    case "close":
      return { id: 1, payload: writer.u16(command.tunnel).done() };
    case "transfer":
      return { id: fromServer ? 1 : 2, payload: writer.u16(command.tunnel).bytes(command.data).done() };
    case "transfer-error":
      return { id: fromServer ? 2 : 3, payload: writer.u16(command.tunnel).u8(command.status).done() };
  }
}

/** Throws `han/malformed`. */
export function decodeTunnel(id: number, fromServer: boolean, payload: Uint8Array): TunnelCommand {
  const reader = new Reader(payload);
  const command = fromServer ? readFromServer(reader, id) : readFromClient(reader, id);
  reader.end("tunneling command");
  return command;
}

function readFromClient(reader: Reader, id: number): TunnelCommand {
  if (id === 0) return readRequest(reader);
  if (id === 1) return { command: "close", tunnel: reader.u16("tunnel") };
  if (id === 2) return readTransfer(reader);
  if (id === 3) return readTransferError(reader);
  throw malformed("tunneling command", "0..3", id);
}

function readFromServer(reader: Reader, id: number): TunnelCommand {
  if (id === 1) return readTransfer(reader);
  if (id === 2) return readTransferError(reader);
  if (id !== 0) throw malformed("tunneling command", "0..2", id);
  return {
    command: "response",
    tunnel: reader.u16("tunnel"),
    status: reader.u8("tunnel status"),
    maxTransferBytes: reader.u16("transfer size"),
  };
}

function readRequest(reader: Reader): TunnelCommand {
  const protocol = reader.u8("tunnel protocol");
  const manufacturer = reader.u16("manufacturer");
  const flowControl = reader.u8("flow control");
  if (flowControl > 1) throw malformed("flow control", "0 or 1", flowControl);
  const maxTransferBytes = reader.u16("transfer size");
  return { command: "request", protocol, manufacturer, flowControl: flowControl === 1, maxTransferBytes };
}

function readTransfer(reader: Reader): TunnelCommand {
  const tunnel = reader.u16("tunnel");
  if (reader.left > MAX_TRANSFER_BYTES)
    throw malformed("tunnel data", `${MAX_TRANSFER_BYTES} bytes at most`, reader.left);
  return { command: "transfer", tunnel, data: reader.rest() };
}

function readTransferError(reader: Reader): TunnelCommand {
  return { command: "transfer-error", tunnel: reader.u16("tunnel"), status: reader.u8("transfer status") };
}
