import { strict as assert } from "node:assert";
import { ApsType, encodeApsHeader } from "../../../firmware/han/frames/aps.ts";
import { encodeApsCommand } from "../../../firmware/han/frames/aps-command.ts";
import { encodeBeacon } from "../../../firmware/han/frames/beacon.ts";
import { encodeMac, encodeMacCommand, MacType } from "../../../firmware/han/frames/mac.ts";
import { encodeNwkCommand, encodeNwkHeader, type NwkHeader } from "../../../firmware/han/frames/nwk.ts";
import { KeyId, secure } from "../../../firmware/han/frames/security.ts";
import { encodeTunnel } from "../../../firmware/han/frames/tunneling.ts";
import { Cluster, encodeZcl, SE_PROFILE } from "../../../firmware/han/frames/zcl.ts";
import { DEVICE_ANNOUNCE, encodeDeviceAnnounce, ZDO_PROFILE } from "../../../firmware/han/frames/zdo.ts";
import { EDHOC_CLUSTER, encodeEdhoc } from "../../../firmware/wire/cose/edhoc/cluster.ts";
import { concat } from "../../../hal/base/bytes.ts";
import { crc16Kermit } from "../../../hal/base/crc.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { type DecodedNode, decode } from "../../../harness/decode/index.ts";
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

/** The frame with its FCS. */
const ended = (frame: Uint8Array): Uint8Array =>
  concat(frame, Uint8Array.of(crc16Kermit(frame) & 0xff, crc16Kermit(frame) >> 8));

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
    const crc = crc16Kermit(frame);
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

  it("keeps the frame when one layer of it cannot be read, and says why", () => {
    const withoutFcs = mac(MacType.data, nwk(aps(DEVICE_ANNOUNCE, ZDO_PROFILE, hex("01"))));
    for (const frame of [withoutFcs, ended(withoutFcs)]) {
      const node = decode(frame);
      assert.equal(
        layers(node).join(" > "),
        "IEEE 802.15.4 data > Zigbee NWK data > Zigbee APS data > ZDO, not readable",
      );
      assert.equal(node.partial, true);
      assert.match(node.children[0]!.children[0]!.children[0]!.note ?? "", /short address/);
    }
    const unknown: [string, Uint8Array][] = [
      ["NWK frame", mac(MacType.data, hex("ffffffff"))],
      ["NWK command", mac(MacType.data, nwk(hex("7f0102"), { type: "command" }))],
      ["MAC command", mac(MacType.command, hex("06"))],
      ["beacon", mac(MacType.beacon, hex("ff"))],
      ["ZCL frame", mac(MacType.data, nwk(aps(Cluster.tunneling, SE_PROFILE, hex("01"))))],
      ["APS frame", mac(MacType.data, nwk(hex("ff")))],
    ];
    for (const [layer, frame] of unknown) {
      assert.equal(layers(decode(ended(frame))).at(-1), `${layer}, not readable`);
      assert.equal(layers(decode(frame))[0], layers(decode(ended(frame)))[0], layer);
    }
    const secured = mac(MacType.data, hex("0d0000000001aabbccdd"));
    secured[0]! |= 8;
    assert.deepEqual(layers(decode(ended(secured))), ["IEEE 802.15.4 data", "MAC security, not readable"]);
  });

  it("takes an acknowledgement with its FCS for one, and with what a radio left in its place", () => {
    const whole = decode("020011b0b4");
    assert.equal(whole.format, "IEEE 802.15.4 acknowledgement");
    assert.equal(whole.fields.find((f) => f.name === "FCS")?.note, "right");
    for (const [bytes, note] of [
      ["020011ffff", /replaced: no FCS was kept; the frame's is 0xB4B0/],
      ["0200110000", /replaced: no FCS was kept/],
      ["020011d8eb", /replaced by TI's RSSI -40 and LQI 107, CRC right/],
      ["0200111234", /WRONG: the frame's is 0xB4B0/],
      ["020011b4b0", /the other way round/],
    ] as const) {
      const node = decode(bytes);
      assert.equal(node.format, "IEEE 802.15.4 acknowledgement", bytes);
      assert.match(node.fields.find((f) => f.name === "FCS")?.note ?? "", note, bytes);
    }
  });

  it("never shows a wrong MIC without saying so, whatever became of the FCS", () => {
    const headerBytes = nwk(new Uint8Array(0), { secured: true });
    const security = { keyId: KeyId.network, frameCounter: 77, source: hub, keySequence: 0 };
    const sealed = secure(nodeCrypto(), new Uint8Array(16), hub, headerBytes, security, hex("0102030405"));
    const frame = mac(MacType.data, sealed);
    const right = Buffer.from(sealed.subarray(-4)).toString("hex").toUpperCase();
    const micOf = (bytes: Uint8Array) => {
      const mic = decode(bytes).children[0]!.fields.find((f) => f.name === "MIC")!;
      return { ...mic, note: mic.note ?? "" };
    };
    assert.deepEqual([micOf(ended(frame)).value, micOf(ended(frame)).note], [right, ""], "a right FCS");
    assert.equal(micOf(frame).value, right, "no FCS");
    assert.match(micOf(frame).note, /may be an FCS, WRONG/);
    for (const replaced of ["ffff", "0000", "d8eb", "b5ee"]) {
      const { value: shown, note } = micOf(concat(frame, hex(replaced)));
      assert.equal(shown, right, replaced);
      assert.match(note, /may have been captured without FCS: then the MIC is/);
    }
    const [low, high] = ended(frame).subarray(-2);
    for (let flip = 1; flip < 0x100; flip <<= 1)
      for (const wrong of [Uint8Array.of(low! ^ flip, high!), Uint8Array.of(low!, high! ^ flip)]) {
        const mic = micOf(concat(frame, wrong));
        assert.ok(mic.note.length > 0 && (mic.value === right || mic.note.includes(`the MIC is ${right}`)));
      }
  });
});
