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
import { FCS_BYTES, hasRightFcs, MIC, withEnding } from "./zigbee-fcs.ts";

const macTypes = ["beacon", "data", "acknowledgement", "command"] as const;
const keyNames = ["link key", "network key", "key-transport key", "key-load key"] as const;
const SECURED = 0x08;

/** A frame with its FCS or without. A layer that cannot be read stays as bytes, and the node is `partial`. */
export function decodeZigbee(bytes: Uint8Array): DecodedNode {
  if (bytes.length < 3) throw noFit(0, "shorter than a MAC frame");
  if (bytes.length > MAX_MPDU_BYTES + FCS_BYTES)
    throw noFit(0, `longer than a MAC frame (${MAX_MPDU_BYTES} bytes)`);
  const node = withEnding(bytes, readFrame);
  if (!node.partial || hasRightFcs(node) || (hasAddress(node) && !isSecured(bytes))) return node;
  throw noFit(3, "neither a right FCS nor addresses, and a payload that cannot be read: hardly a frame");
}

/** A frame that cannot be read to its end must show otherwise that it is one. */
const hasAddress = ({ fields }: DecodedNode): boolean => fields.some(({ note }) => note?.startsWith("PAN "));
const isSecured = (mpdu: Uint8Array): boolean => ((mpdu[0] ?? 0) & SECURED) !== 0;

/** An MPDU without its FCS. Throws `decode/no-fit` when not even its MAC header can be read. */
function readFrame(mpdu: Uint8Array): DecodedNode {
  const secured = isSecured(mpdu);
  const frame = macFrame(mpdu, secured);
  const fields: DecodedField[] = [
    { name: "sequence", value: String(frame.sequence) },
    { name: "flags", value: flags({ "ack request": frame.ackRequest, "frame pending": frame.framePending }) },
    ...address("destination", frame.destinationPan, frame.destination),
    ...address("source", frame.sourcePan, frame.source),
  ];
  const children = secured
    ? [
        unreadable(
          "MAC security",
          frame.payload,
          "the frame is secured in its MAC layer, which Zigbee does not use",
        ),
      ]
    : macPayload(frame);
  const format = `IEEE 802.15.4 ${macTypes[frame.type]}`;
  return { format, bytes: mpdu.length, fields, children };
}

/** A secured MAC payload is not read; the header before it is as any other. */
function macFrame(mpdu: Uint8Array, secured: boolean): MacFrame {
  const header = secured ? mpdu.slice() : mpdu;
  if (secured) header[0] = (header[0] as number) & ~SECURED;
  try {
    return decodeMac(header);
  } catch (error) {
    throw noFit(0, `MAC frame: ${(error as Error).message}`, error);
  }
}

/** One layer; what its codec refuses stays as bytes, with the codec's words. */
function layer(what: string, bytes: Uint8Array, read: () => DecodedNode): DecodedNode {
  try {
    return read();
  } catch (error) {
    return unreadable(what, bytes, (error as Error).message);
  }
}

function unreadable(what: string, bytes: Uint8Array, why: string): DecodedNode {
  const fields = [{ name: "bytes", value: shownBytes(bytes) }];
  return {
    format: `${what}, not readable`,
    bytes: bytes.length,
    fields,
    children: [],
    note: why,
    partial: true,
  };
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

function macPayload({ type, payload }: MacFrame): DecodedNode[] {
  if (type === MacType.beacon)
    return [layer("beacon", payload, () => plainNode("Zigbee beacon", payload, decodeBeacon(payload)))];
  if (type === MacType.command)
    return [layer("MAC command", payload, () => commandNode("MAC", payload, decodeMacCommand(payload)))];
  if (type === MacType.ack && payload.length > 0) throw noFit(3, "an acknowledgement with a payload");
  return payload.length === 0 ? [] : [layer("NWK frame", payload, () => nwkNode(payload))];
}

function nwkNode(bytes: Uint8Array): DecodedNode {
  const frame = decodeNwk(bytes);
  const { type, secured, destination, source, ...rest } = frame.header;
  const fields = [
    { name: "destination", value: hexNumber(destination, 4) },
    { name: "source", value: hexNumber(source, 4) },
    ...plainFields(rest),
    ...security(frame),
  ];
  const children = secured ? [] : nwkPayload(frame);
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
    { name: MIC, value: shownBytes(frame.payload.subarray(-MIC_BYTES)) },
  ];
}

function nwkPayload({ header, payload }: NwkFrame): DecodedNode[] {
  if (header.type === "data") return [layer("APS frame", payload, () => apsNode(payload))];
  return [layer("NWK command", payload, () => commandNode("NWK", payload, decodeNwkCommand(payload)))];
}

function apsNode(bytes: Uint8Array): DecodedNode {
  const frame = decodeAps(bytes);
  const { type, secured, address: endpoints, block, ...rest } = frame.header;
  const fields = [
    ...plainFields(rest),
    ...plainFields(endpoints ?? {}),
    ...plainFields(block ?? {}),
    ...security(frame),
  ];
  const name = Object.entries(ApsType).find(([, value]) => value === type)?.[0];
  const children = secured ? [] : apsPayload(frame);
  return {
    format: `Zigbee APS ${name}${secured ? ", encrypted" : ""}`,
    bytes: bytes.length,
    fields,
    children,
  };
}

function apsPayload(frame: ApsFrame): DecodedNode[] {
  const { payload } = frame;
  const { type, address: to, block } = frame.header;
  if (type === ApsType.command)
    return [layer("APS command", payload, () => commandNode("APS", payload, decodeApsCommand(payload)))];
  if (payload.length === 0) return [];
  if (block !== undefined) return [plainNode("block of a longer message", payload, { bytes: payload })];
  if (to?.profile === ZDO_PROFILE && to.cluster === DEVICE_ANNOUNCE)
    return [
      layer("ZDO", payload, () => plainNode("ZDO device announce", payload, decodeDeviceAnnounce(payload))),
    ];
  if (to?.profile === SE_PROFILE) return [layer("ZCL frame", payload, () => zclNode(to.cluster, payload))];
  return [plainNode("application data", payload, { bytes: payload })];
}

function zclNode(cluster: number, bytes: Uint8Array): DecodedNode {
  const { payload, ...header } = decodeZcl(bytes);
  const standard = Object.entries(Cluster).find(([, id]) => id === cluster)?.[0];
  const name = standard ?? establishmentOf(cluster)?.name ?? `cluster ${hexNumber(cluster, 4)}`;
  const child = layer(`${name} command`, payload, () => {
    const inner = header.specific ? clusterCommand(cluster, header, payload) : undefined;
    return plainNode(`${name} command`, payload, inner ?? { bytes: payload });
  });
  return { ...plainNode(`ZCL ${name}`, bytes, header), children: [child] };
}

/** The wire's key establishment that this cluster carries. */
const establishmentOf = (cluster: number) =>
  Object.values(suites).find((suite) => suite.keyEstablishment.cluster === cluster)?.keyEstablishment;

function clusterCommand(
  cluster: number,
  header: { command: number; fromServer: boolean },
  payload: Uint8Array,
) {
  if (cluster === Cluster.tunneling) return decodeTunnel(header.command, header.fromServer, payload);
  return establishmentOf(cluster)?.describe({ id: header.command, payload });
}

function commandNode(layerName: string, payload: Uint8Array, content: { command: string }): DecodedNode {
  const { command, ...rest } = content;
  return plainNode(`${layerName} ${command}`, payload, rest);
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
