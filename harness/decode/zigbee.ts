/** Home network frames: IEEE 802.15.4, Zigbee network and application support layers, ZDO and ZCL. */
import { type ApsFrame, ApsType, decodeAps } from "../../firmware/han/frames/aps.ts";
import { decodeApsCommand } from "../../firmware/han/frames/aps-command.ts";
import { decodeBeacon } from "../../firmware/han/frames/beacon.ts";
import {
  decodeMac,
  decodeMacCommand,
  MAX_MPDU_BYTES,
  type MacAddress,
  type MacFrame,
  MacType,
} from "../../firmware/han/frames/mac.ts";
import { decodeNwk, decodeNwkCommand, type NwkFrame } from "../../firmware/han/frames/nwk.ts";
import { MIC_BYTES, type SecurityHeader } from "../../firmware/han/frames/security.ts";
import { decodeTunnel } from "../../firmware/han/frames/tunneling.ts";
import { Cluster, decodeZcl, SE_PROFILE } from "../../firmware/han/frames/zcl.ts";
import { DEVICE_ANNOUNCE, decodeDeviceAnnounce, ZDO_PROFILE } from "../../firmware/han/frames/zdo.ts";
import { suites } from "../../firmware/wire/suites.ts";
import { type DecodedField, type DecodedNode, hexNumber, noFit, shownBytes } from "./node.ts";

const FCS_BYTES = 2;
const macTypes = ["beacon", "data", "acknowledgement", "command"] as const;
const keyNames = ["link key", "network key", "key-transport key", "key-load key"] as const;

export function decodeZigbee(bytes: Uint8Array): DecodedNode {
  if (bytes.length < 3) throw noFit(0, "shorter than a MAC frame");
  if (bytes.length > MAX_MPDU_BYTES + FCS_BYTES)
    throw noFit(0, `longer than a MAC frame (${MAX_MPDU_BYTES} bytes)`);
  const withFcs = bytes.length > 5 && fcs(bytes.subarray(0, -FCS_BYTES)) === littleEnd(bytes);
  const mpdu = withFcs ? bytes.subarray(0, -FCS_BYTES) : bytes;
  const frame = attempt("MAC frame", mpdu.length, mpdu.length, () => decodeMac(mpdu));
  const fields: DecodedField[] = [
    { name: "sequence", value: String(frame.sequence) },
    { name: "flags", value: flags({ "ack request": frame.ackRequest, "frame pending": frame.framePending }) },
    ...address("destination", frame.destinationPan, frame.destination),
    ...address("source", frame.sourcePan, frame.source),
    ...(withFcs ? [{ name: "FCS", value: hexNumber(littleEnd(bytes), 4), note: "right" }] : []),
  ];
  const children = macPayload(frame, mpdu.length);
  return { format: `IEEE 802.15.4 ${macTypes[frame.type]}`, bytes: bytes.length, fields, children };
}

/** Runs a codec of the firmware on the last `left` of `end` bytes; its refusal becomes ours. */
function attempt<T>(what: string, end: number, left: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw noFit(end - left, `${what}: ${(error as Error).message}`, error);
  }
}

function address(name: string, pan: number | undefined, of: MacAddress): DecodedField[] {
  if (of === undefined) return [];
  const text = typeof of === "number" ? hexNumber(of, 4) : of;
  return [{ name, value: text, note: `PAN ${hexNumber(pan ?? 0, 4)}` }];
}

function flags(named: Readonly<Record<string, boolean>>): string {
  const set = Object.keys(named).filter((name) => named[name]);
  return set.join(", ") || "none";
}

/** `end`, here and below: where the frame ends, and with it every layer of it. */
function macPayload(frame: MacFrame, end: number): DecodedNode[] {
  const { payload } = frame;
  if (frame.type === MacType.beacon)
    return [
      plainNode(
        "Zigbee beacon",
        payload,
        attempt("beacon", end, payload.length, () => decodeBeacon(payload)),
      ),
    ];
  if (frame.type === MacType.command) {
    const { command, ...rest } = attempt("MAC command", end, payload.length, () => decodeMacCommand(payload));
    return [plainNode(`MAC ${command}`, payload, rest)];
  }
  if (frame.type === MacType.ack && payload.length > 0) throw noFit(3, "an acknowledgement with a payload");
  return payload.length === 0 ? [] : [nwkNode(payload, end)];
}

function nwkNode(bytes: Uint8Array, end: number): DecodedNode {
  const frame = attempt("NWK frame", end, bytes.length, () => decodeNwk(bytes));
  const { type, secured, destination, source, ...rest } = frame.header;
  const fields = [
    { name: "destination", value: hexNumber(destination, 4) },
    { name: "source", value: hexNumber(source, 4) },
    ...plainFields(rest),
    ...security(frame),
  ];
  const children = secured ? [] : nwkPayload(frame, end);
  return {
    format: `Zigbee NWK ${type}${secured ? ", encrypted" : ""}`,
    bytes: bytes.length,
    fields,
    children,
  };
}

function security(frame: { security?: SecurityHeader; payload: Uint8Array }): DecodedField[] {
  if (frame.security === undefined) return [];
  const { keyId, source, ...rest } = frame.security;
  if (frame.payload.length < MIC_BYTES) throw noFit(0, "an encrypted payload shorter than its MIC");
  return [
    { name: "secured by", value: keyNames[keyId] },
    ...plainFields(source === undefined ? {} : { securitySource: source }),
    ...plainFields(rest),
    { name: "encrypted", value: shownBytes(frame.payload.subarray(0, -MIC_BYTES)) },
    { name: "MIC", value: shownBytes(frame.payload.subarray(-MIC_BYTES)) },
  ];
}

function nwkPayload(frame: NwkFrame, end: number): DecodedNode[] {
  const { payload } = frame;
  if (frame.header.type === "data") return [apsNode(payload, end)];
  const { command, ...rest } = attempt("NWK command", end, payload.length, () => decodeNwkCommand(payload));
  return [plainNode(`NWK ${command}`, payload, rest)];
}

function apsNode(bytes: Uint8Array, end: number): DecodedNode {
  const frame = attempt("APS frame", end, bytes.length, () => decodeAps(bytes));
  const { type, secured, address: endpoints, block, ...rest } = frame.header;
  const fields = [
    ...plainFields(rest),
    ...plainFields(endpoints ?? {}),
    ...plainFields(block ?? {}),
    ...security(frame),
  ];
  const name = Object.entries(ApsType).find(([, value]) => value === type)?.[0];
  const children = secured ? [] : apsPayload(frame, end);
  return {
    format: `Zigbee APS ${name}${secured ? ", encrypted" : ""}`,
    bytes: bytes.length,
    fields,
    children,
  };
}

function apsPayload(frame: ApsFrame, end: number): DecodedNode[] {
  const { payload } = frame;
  const { type, address: to, block } = frame.header;
  if (type === ApsType.command) {
    const { command, ...rest } = attempt("APS command", end, payload.length, () => decodeApsCommand(payload));
    return [plainNode(`APS ${command}`, payload, rest)];
  }
  if (payload.length === 0) return [];
  if (block !== undefined) return [plainNode("block of a longer message", payload, { bytes: payload })];
  if (to?.profile === ZDO_PROFILE && to.cluster === DEVICE_ANNOUNCE)
    return [
      plainNode(
        "ZDO device announce",
        payload,
        attempt("ZDO", end, payload.length, () => decodeDeviceAnnounce(payload)),
      ),
    ];
  if (to?.profile === SE_PROFILE) return [zclNode(to.cluster, payload, end)];
  return [plainNode("application data", payload, { bytes: payload })];
}

function zclNode(cluster: number, bytes: Uint8Array, end: number): DecodedNode {
  const { payload, ...header } = attempt("ZCL frame", end, bytes.length, () => decodeZcl(bytes));
  const standard = Object.entries(Cluster).find(([, id]) => id === cluster)?.[0];
  const name = standard ?? establishmentOf(cluster)?.name ?? `cluster ${hexNumber(cluster, 4)}`;
  const inner = header.specific ? clusterCommand(cluster, header, payload, end) : undefined;
  const child = inner ?? { bytes: payload };
  return {
    ...plainNode(`ZCL ${name}`, bytes, header),
    children: [plainNode(`${name} command`, payload, child)],
  };
}

/** The wire's key establishment that this cluster carries. */
const establishmentOf = (cluster: number) =>
  Object.values(suites).find((suite) => suite.keyEstablishment.cluster === cluster)?.keyEstablishment;

function clusterCommand(
  cluster: number,
  header: { command: number; fromServer: boolean },
  payload: Uint8Array,
  end: number,
) {
  if (cluster === Cluster.tunneling)
    return attempt("tunnel command", end, payload.length, () =>
      decodeTunnel(header.command, header.fromServer, payload),
    );
  const establishment = establishmentOf(cluster);
  if (establishment !== undefined)
    return attempt(`${establishment.name} command`, end, payload.length, () =>
      establishment.describe({ id: header.command, payload }),
    );
  return undefined;
}

function plainNode(format: string, bytes: Uint8Array, content: object): DecodedNode {
  return { format, bytes: bytes.length, fields: plainFields(content), children: [] };
}

/** The fields of a codec's plain result, their names spelled out. */
function plainFields(content: object): DecodedField[] {
  return Object.entries(content).map(([key, value]) => ({
    name: key.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`),
    value: value instanceof Uint8Array ? shownBytes(value) : shownPlain(key, value),
  }));
}

function shownPlain(key: string, value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && /address|cluster|profile|capability/i.test(key))
    return hexNumber(value, 4);
  return String(value);
}

const littleEnd = (bytes: Uint8Array): number => (bytes.at(-2) ?? 0) | ((bytes.at(-1) ?? 0) << 8);

/** ITU-T CRC-16 of IEEE 802.15.4 (clause 7.2.1.9). */
export function fcs(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}
