import { strict as assert } from "node:assert";
import { ApsType, encodeApsHeader } from "../../../firmware/han/frames/aps.ts";
import { encodeApsCommand } from "../../../firmware/han/frames/aps-command.ts";
import { encodeBeacon } from "../../../firmware/han/frames/beacon.ts";
import { concat } from "../../../firmware/han/frames/bytes.ts";
import { encodeMac, encodeMacCommand, MacType } from "../../../firmware/han/frames/mac.ts";
import { encodeNwkCommand, encodeNwkHeader, type NwkHeader } from "../../../firmware/han/frames/nwk.ts";
import { KeyId, secure } from "../../../firmware/han/frames/security.ts";
import { encodeTunnel } from "../../../firmware/han/frames/tunneling.ts";
import { Cluster, encodeZcl, SE_PROFILE } from "../../../firmware/han/frames/zcl.ts";
import { DEVICE_ANNOUNCE, encodeDeviceAnnounce, ZDO_PROFILE } from "../../../firmware/han/frames/zdo.ts";
import { EDHOC_CLUSTER, encodeEdhoc } from "../../../firmware/wire/cose/edhoc/cluster.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { type DecodedNode, decode } from "../../../harness/decode/index.ts";
import { fcs } from "../../../harness/decode/zigbee.ts";
import { hex } from "../../support/shared-data.ts";

const hub = "00DB1234567890A2";
const mac = (type: MacType, payload: Uint8Array) =>
  encodeMac({
    type,
    sequence: 9,
    ackRequest: true,
    framePending: false,
    destinationPan: 0x1234,
    destination: 0,
    sourcePan: 0x1234,
    source: 0x5678,
    payload,
  });
const nwk = (payload: Uint8Array, changes: Partial<NwkHeader> = {}) =>
  concat(
    encodeNwkHeader({
      type: "data",
      destination: 0,
      source: 0x5678,
      radius: 30,
      sequence: 3,
      secured: false,
      ...changes,
    }),
    payload,
  );
const aps = (cluster: number, profile: number, payload: Uint8Array) =>
  concat(
    encodeApsHeader({
      type: ApsType.data,
      broadcast: false,
      ackRequest: true,
      secured: false,
      counter: 5,
      address: { destinationEndpoint: 1, cluster, profile, sourceEndpoint: 1 },
    }),
    payload,
  );
const zcl = (command: { id: number; payload: Uint8Array }) =>
  encodeZcl({
    specific: true,
    fromServer: false,
    disableDefaultResponse: true,
    sequence: 1,
    command: command.id,
    payload: command.payload,
  });
const layers = (node: DecodedNode): string[] => [node.format, ...node.children.flatMap(layers)];
const value = (node: DecodedNode, name: string) => node.fields.find((f) => f.name === name)?.value;

describe("decode, Zigbee", () => {
  it("reads beacons, MAC commands and acknowledgements", () => {
    const beacon = encodeBeacon({ permitJoining: true, extendedPanId: hub, depth: 0, updateId: 1 });
    const node = decode(mac(MacType.beacon, beacon));
    assert.deepEqual(layers(node), ["IEEE 802.15.4 beacon", "Zigbee beacon"]);
    assert.equal(value(node.children[0]!, "permit joining"), "yes");
    const request = decode(
      mac(MacType.command, encodeMacCommand({ command: "association-request", capability: 0x8e })),
    );
    assert.deepEqual(layers(request), ["IEEE 802.15.4 command", "MAC association-request"]);
    assert.equal(decode("020009").format, "IEEE 802.15.4 acknowledgement");
  });

  it("takes a frame with its FCS, and says that it is right", () => {
    const frame = hex("030801ffffffff07");
    const crc = fcs(frame);
    const node = decode(concat(frame, Uint8Array.of(crc & 0xff, crc >> 8)));
    assert.equal(node.fields.find((f) => f.name === "FCS")?.note, "right");
    assert.deepEqual(layers(node).at(-1), "MAC beacon-request");
  });

  it("shows what an encrypted frame shows: header, key, counter, MIC", () => {
    const headerBytes = nwk(new Uint8Array(0), { secured: true });
    const security = { keyId: KeyId.network, frameCounter: 77, source: hub, keySequence: 0 };
    const sealed = secure(nodeCrypto(), new Uint8Array(16), hub, headerBytes, security, hex("0102030405"));
    const node = decode(mac(MacType.data, sealed)).children[0]!;
    assert.equal(node.format, "Zigbee NWK data, encrypted");
    assert.equal(value(node, "secured by"), "network key");
    assert.equal(value(node, "frame counter"), "77");
    assert.equal(value(node, "security source"), hub);
    assert.equal(value(node, "MIC")?.length, 8);
    assert.equal(node.children.length, 0);
  });

  it("goes down to device announce, tunnel, EDHOC, NWK and APS commands", () => {
    const announce = encodeDeviceAnnounce({
      sequence: 1,
      shortAddress: 0x5678,
      eui64: hub,
      capability: 0x8e,
    });
    const inner = (payload: Uint8Array) => layers(decode(mac(MacType.data, payload))).slice(1);
    assert.deepEqual(inner(nwk(aps(DEVICE_ANNOUNCE, ZDO_PROFILE, announce))), [
      "Zigbee NWK data",
      "Zigbee APS data",
      "ZDO device announce",
    ]);
    const transfer = encodeTunnel({ command: "transfer", tunnel: 1, data: hex("d284") }, false);
    assert.equal(inner(nwk(aps(Cluster.tunneling, SE_PROFILE, zcl(transfer)))).at(-1), "tunneling command");
    const initiate = encodeEdhoc({ command: "initiate", message: hex("0000") });
    assert.equal(inner(nwk(aps(EDHOC_CLUSTER, SE_PROFILE, zcl(initiate)))).at(-1), "EDHOC command");
    const rejoin = encodeNwkCommand({ command: "rejoin-request", capability: 0x8e });
    assert.equal(inner(nwk(rejoin, { type: "command" })).at(-1), "NWK rejoin-request");
    const header = { type: ApsType.command, broadcast: false, ackRequest: false, secured: false, counter: 1 };
    const remove = encodeApsCommand({ command: "remove-device", device: hub });
    assert.equal(inner(nwk(concat(encodeApsHeader(header), remove))).at(-1), "APS remove-device");
  });

  it("breaks off at the layer that is wrong", () => {
    const frame = mac(MacType.data, nwk(aps(DEVICE_ANNOUNCE, ZDO_PROFILE, hex("01"))));
    assert.throws(() => decode(frame), /Zigbee frame: byte 25: ZDO: short address/);
    assert.throws(() => decode(mac(MacType.data, hex("ffff"))), /Zigbee frame: byte 9: NWK frame/);
  });
});
