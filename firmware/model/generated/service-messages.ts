// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { call, type MessageRow } from "../define.ts";

export const serviceMessages = {
  CS02a: {
    code: 0x0008, title: "read trust anchors", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: ["6.24.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
      { role: "transitionalCoS", protection: "signature", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.provide"),
    ],
  },
  CS02c: {
    code: 0x000A, title: "make a key pair and ask for its certificate", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: ["6.17"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.makeKeyPair"),
    ],
  },
  CS02d: {
    code: 0x000B, title: "install a device certificate", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: ["6.15.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.installCertificate"),
    ],
  },
  CS02e: {
    code: 0x000C, title: "read a device certificate", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: ["6.24.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.provideCertificate"),
    ],
  },
  CS03A1: {
    code: 0x000D, title: "join by method A, as the one that begins", kind: "command", payload: "asn1", devices: ["ESME", "GSME"], requests: ["8.7.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("joining.join"),
    ],
  },
  CS03B: {
    code: 0x000E, title: "join by method B", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "GPF"], requests: ["8.7.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("joining.join"),
    ],
  },
  CS04AC: {
    code: 0x000F, title: "undo a join by method A or C", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "HCALCS", "PPMID", "SAPC"], requests: ["8.8.1", "8.8.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
      { role: "accessControlBroker", protection: "signature+mac", response: "signature", replayProtected: true, devices: ["PPMID"] },
    ],
    does: [
      call("joining.unjoin"),
    ],
  },
  CS04B: {
    code: 0x0010, title: "undo a join by method B", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "GPF"], requests: ["8.8.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      call("joining.unjoin"),
    ],
  },
  CS06: {
    code: 0x0012, title: "activate firmware", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "HCALCS", "PPMID"], requests: ["11.3"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CA,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("firmwareImage.activate"),
    ],
  },
  CS07: {
    code: 0x0013, title: "read joined devices", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "GPF", "HCALCS", "PPMID", "SAPC"], requests: ["8.9"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("joining.list"),
    ],
  },
  GCS28: {
    code: 0x007F, title: "set clock (gas)", kind: "command", payload: "asn1", devices: ["GSME"], requests: ["6.11", "8.1.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("windowedClock.setTime"),
    ],
  },
  GCS59: {
    code: 0x008C, title: "restore the gas proxy's device log", kind: "command", payload: "asn1", devices: ["GPF"], requests: ["8.12.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("proxyDeviceLog.restore"),
    ],
  },
  CS03A2: {
    code: 0x00AB, title: "join by method A, as the one that answers", kind: "command", payload: "asn1", devices: ["HCALCS", "PPMID", "SAPC"], requests: ["8.7.1", "8.7.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
      { role: "accessControlBroker", protection: "signature+mac", response: "signature", replayProtected: true, devices: ["PPMID"] },
    ],
    does: [
      call("joining.join"),
    ],
  },
  CS03C: {
    code: 0x00AF, title: "join by method C", kind: "command", payload: "asn1", devices: ["GSME", "PPMID"], requests: ["8.7.1", "8.7.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
      { role: "accessControlBroker", protection: "signature+mac", response: "signature", replayProtected: true, devices: ["PPMID"] },
    ],
    does: [
      call("joining.join"),
    ],
  },
  CS02bRootBySupplier: {
    code: 0x0100, title: "replace the root's anchor, by the supplier", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: [],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "rootBySupplier" } } }),
    ],
  },
  CS02bRootByWanProvider: {
    code: 0x0101, title: "replace the root's anchor, by the WAN provider", kind: "command", payload: "asn1", devices: ["CHF"], requests: [],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "wanProvider", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "rootByWanProvider" } } }),
    ],
  },
  CS02bSupplierBySupplier: {
    code: 0x0102, title: "replace a supplier's anchors, by itself", kind: "command", payload: "asn1", devices: ["ESME", "CHF", "GSME", "GPF", "HCALCS", "SAPC"], requests: ["6.15.1", "6.21"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
      { role: "accessControlBroker", protection: "signature+mac", response: "signature", replayProtected: true, devices: ["GPF"] },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "supplierBySupplier" } } }),
    ],
  },
  CS02bNOByNO: {
    code: 0x0103, title: "replace a network operator's anchors, by itself", kind: "command", payload: "asn1", devices: ["ESME", "CHF", "GPF", "SAPC"], requests: ["6.15.1", "6.21"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "networkOperator", protection: "signature+mac", response: "signature", replayProtected: true },
      { role: "accessControlBroker", protection: "signature+mac", response: "signature", replayProtected: true, devices: ["GPF"] },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "networkOperatorByNetworkOperator" } } }),
    ],
  },
  CS02bACBByACB: {
    code: 0x0104, title: "replace the access control broker's anchors, by itself", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: ["8.5"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "signature", replayProtected: true, devices: ["ESME", "GSME", "GPF", "PPMID", "HCALCS", "SAPC"] },
      { role: "accessControlBroker", protection: "signature+mac", response: "signature", replayProtected: true, devices: ["CHF"] },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "accessControlBrokerByItself" } } }),
    ],
  },
  CS02bWPByWP: {
    code: 0x0105, title: "replace the WAN provider's anchor, by itself", kind: "command", payload: "asn1", devices: ["CHF"], requests: [],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "wanProvider", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "wanProviderByWanProvider" } } }),
    ],
  },
  CS02bTransCoSByTransCoS: {
    code: 0x0106, title: "replace the transitional CoS party's anchor, by itself", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: [],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "transitionalCoS", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "transitionalCoSByItself" } } }),
    ],
  },
  CS02bSupplierByTransCoS: {
    code: 0x0107, title: "replace a supplier's anchors on a change of supplier", kind: "command", payload: "asn1", devices: ["ESME", "CHF", "GSME", "GPF", "HCALCS", "SAPC"], requests: ["6.23"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "transitionalCoS", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "supplierByTransitionalCoS" } } }),
    ],
  },
  CS02bAnyExceptAbnormalRootByRecovery: {
    code: 0x0108, title: "replace anchors, by the recovery party", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: [],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "recovery", protection: "signature", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "anyByRecovery" } } }),
    ],
  },
  CS02bAnyByContingency: {
    code: 0x0109, title: "replace anchors, by the contingency key", kind: "command", payload: "asn1", devices: ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"], requests: [],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CB,
    grants: [
      { role: "root", protection: "signature", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "anyByContingency" } } }),
    ],
  },
  CS02f: {
    code: 0x011B, title: "read trust anchors, load controllers' too", kind: "command", payload: "asn1", devices: ["ESME", "SAPC"], requests: ["6.24.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
      { role: "transitionalCoS", protection: "signature", response: "signature", replayProtected: true },
      { role: "supplier", protection: "signature", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.provide"),
    ],
  },
  CS02gLoadControllerByLoadController: {
    code: 0x0125, title: "replace a load controller's anchors, by itself", kind: "command", payload: "asn1", devices: ["ESME", "SAPC"], requests: [],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x0124,
    grants: [
      { role: "loadController", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "loadControllerByItself" } } }),
    ],
  },
  CS02gLoadControllerBySupplier: {
    code: 0x0126, title: "replace a load controller's anchors, by the supplier", kind: "command", payload: "asn1", devices: ["ESME", "SAPC"], requests: ["6.15.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x0124,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("credentials.replace", { constant: { control: { mode: "loadControllerBySupplier" } } }),
    ],
  },
  CS08: {
    code: 0x0129, title: "read the firmware version of a load switch or prepayment display", kind: "command", payload: "asn1", devices: ["HCALCS", "PPMID"], requests: ["11.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("firmwareImage.version"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
