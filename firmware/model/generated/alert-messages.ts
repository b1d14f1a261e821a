// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import type { MessageRow } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

export const alertMessages = {
  CS14: {
    code: 0x0018, title: "hub's device log has changed", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ backup: v.devicesBackup }) },
    grants: [],
    does: [],
  },
  ECS68: {
    code: 0x0061, title: "billing log has a new entry", kind: "alert", payload: "dlms", devices: ["ESME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, alert: { protection: "signature", body: t.structure({ log: t.table(v.registerLogEntry, 1) }) },
    grants: [],
    does: [],
  },
  ECS80: {
    code: 0x0067, title: "supply is back after an outage", kind: "alert", payload: "dlms", devices: ["ESME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ interrupted: t.dateTime, restored: t.dateTime }) },
    grants: [],
    does: [],
  },
  GCS53: {
    code: 0x008B, title: "billing log has a new entry (gas)", kind: "alert", payload: "gbz", devices: ["GSME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, alert: { protection: "signature", body: t.structure({ snapshot: t.octets(0, 1024) }) },
    grants: [],
    does: [],
  },
  GCS62: {
    code: 0x00B2, title: "gas proxy's device log has changed", kind: "alert", payload: "asn1", devices: ["GPF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ devices: t.array(v.joinedDevice, 0, 16) }) },
    grants: [],
    does: [],
  },
  FDOA: {
    code: 0x00CA, title: "future-dated firmware activation took place, or did not", kind: "alert", payload: "asn1", devices: ["ESME", "GSME", "CHF", "PPMID", "HCALCS"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ counter: t.u64, outcome: v.activationOutcome }) },
    grants: [],
    does: [],
  },
  FDOC: {
    code: 0x00CB, title: "future-dated anchors were replaced, or not", kind: "alert", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ outcome: v.replacementOutcome }) },
    grants: [],
    does: [],
  },
  FDOD: {
    code: 0x00CC, title: "future-dated command took effect, or did not", kind: "alert", payload: "dlms", devices: ["ESME", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ activation: t.octets(19) }) },
    grants: [],
    does: [],
  },
  FDOG: {
    code: 0x00CD, title: "future-dated command took effect, or did not (gas)", kind: "alert", payload: "gbz", devices: ["GSME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ activation: t.octets(14) }) },
    grants: [],
    does: [],
  },
  FDRA: {
    code: 0x00CE, title: "image has arrived and been verified", kind: "alert", payload: "dlms", devices: ["ESME", "CHF", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ hash: t.octets(32) }) },
    grants: [],
    does: [],
  },
  FDRAG: {
    code: 0x00CF, title: "image has arrived and been verified (gas)", kind: "alert", payload: "gbz", devices: ["GSME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ hash: t.octets(32) }) },
    grants: [],
    does: [],
  },
  UNDELIVERED: {
    code: 0x00D5, title: "a message could not reach the electricity meter", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: undefined },
    grants: [],
    does: [],
  },
  MIIWA: {
    code: 0x00F0, title: "meter doubts its own integrity", kind: "alert", payload: "dlms", devices: ["ESME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ reason: t.octets(2) }) },
    grants: [],
    does: [],
  },
  MIIWAG: {
    code: 0x00F2, title: "meter doubts its own integrity (gas)", kind: "alert", payload: "gbz", devices: ["GSME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ reason: t.octets(2) }) },
    grants: [],
    does: [],
  },
  DBCH06: {
    code: 0x0110, title: "duty-cycle measures at the hub", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ device: t.octets(8) }) },
    grants: [],
    does: [],
  },
  DBCH07: {
    code: 0x0111, title: "sub-GHz channel has changed", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ change: t.structure({ channel: t.bits(32), reason: t.octets(1) }) }) },
    grants: [],
    does: [],
  },
  DBCH08: {
    code: 0x0112, title: "whether a sub-GHz scan can be done", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ assessment: t.structure({ outcome: t.octets(1), reason: t.octets(1) }) }) },
    grants: [],
    does: [],
  },
  DBCH09: {
    code: 0x0113, title: "sub-GHz configuration has changed", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ configuration: v.subGhzConfiguration }) },
    grants: [],
    does: [],
  },
  DBCH10: {
    code: 0x0114, title: "message dropped to keep the duty cycle", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ message: t.octets(25) }) },
    grants: [],
    does: [],
  },
  DBCH11: {
    code: 0x0115, title: "no sub-GHz capacity for another device", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: t.structure({ device: t.octets(8) }) },
    grants: [],
    does: [],
  },
  ECS100: {
    code: 0x0120, title: "command that the device does not support", kind: "alert", payload: "dlms", devices: ["ESME", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ command: t.octets(10) }) },
    grants: [],
    does: [],
  },
  ECS101: {
    code: 0x0121, title: "limit of a proportional controller in force", kind: "alert", payload: "dlms", devices: ["ESME", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ controller: t.u8, start: t.dateTime, end: t.dateTime, level: t.u8 }) },
    grants: [],
    does: [],
  },
  ECS102: {
    code: 0x0122, title: "limit of a proportional controller ended", kind: "alert", payload: "dlms", devices: ["ESME", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ controller: t.u8, level: t.u8 }) },
    grants: [],
    does: [],
  },
  ECS200: {
    code: 0x0123, title: "state of auxiliary controllers has changed", kind: "alert", payload: "dlms", devices: ["ESME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ state: t.text("utf8", 0, 72000) }) },
    grants: [],
    does: [],
  },
  FDOL: {
    code: 0x0124, title: "future-dated load controller anchors were replaced, or not", kind: "alert", payload: "asn1", devices: ["ESME", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ outcome: v.replacementOutcome }) },
    grants: [],
    does: [],
  },
  CCS08: {
    code: 0x0128, title: "outcome of an image's transfer to a device", kind: "alert", payload: "asn1", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ device: t.octets(8), version: t.octets(4), code: t.u8 }) },
    grants: [],
    does: [],
  },
  CS09: {
    code: 0x012B, title: "firmware version of a prepayment display after activation", kind: "alert", payload: "asn1", devices: ["PPMID"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ version: t.octets(4), code: t.u8 }) },
    grants: [],
    does: [],
  },
  GCA: {
    code: 0x1000, title: "critical alert without a body", kind: "alert", payload: "dlms", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: undefined },
    grants: [],
    does: [],
  },
  GNCA: {
    code: 0x1001, title: "non-critical alert without a body", kind: "alert", payload: "dlms", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "mac", body: undefined },
    grants: [],
    does: [],
  },
  HUBOUT: {
    code: 0xF001, title: "last gasp of a hub to the WAN provider (ours: GBCS leaves it to the WAN)", kind: "alert", payload: "dlms", devices: ["CHF"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false, alert: { protection: "signature", body: t.structure({ lost: t.dateTime }) },
    grants: [],
    does: [],
  },
} as const satisfies Record<string, MessageRow>;
