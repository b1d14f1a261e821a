import assert from "node:assert/strict";
import fc from "fast-check";
import { ApsType, decodeAps, encodeApsHeader } from "../../../firmware/han/frames/aps.ts";
import {
  type ApsCommand,
  decodeApsCommand,
  encodeApsCommand,
} from "../../../firmware/han/frames/aps-command.ts";
import { decodeBeacon, encodeBeacon } from "../../../firmware/han/frames/beacon.ts";
import {
  decodeMac,
  decodeMacCommand,
  encodeMac,
  encodeMacCommand,
  type MacCommand,
  MacType,
} from "../../../firmware/han/frames/mac.ts";
import {
  decodeNwk,
  decodeNwkCommand,
  encodeNwkCommand,
  encodeNwkHeader,
  type NwkCommand,
} from "../../../firmware/han/frames/nwk.ts";
import { encodeSecurityHeader, KeyId } from "../../../firmware/han/frames/security.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { hex, toHex } from "../../support/shared-data.ts";
import { A, B, bytes, eui, K, kinds, neverCrashes, optional, seed, u8, u16, u32 } from "./codec-support.ts";

describe("MAC frames", () => {
  // IEEE 802.15.4 beacon request, as every Zigbee joiner sends it.
  it("writes a beacon request as known", () => {
    const frame = {
      type: MacType.command,
      sequence: 0xdb,
      ackRequest: false,
      framePending: false,
      destinationPan: 0xffff,
      destination: 0xffff,
      source: undefined,
    };
    const payload = encodeMacCommand({ command: "beacon-request" });
    assert.equal(toHex(encodeMac({ ...frame, payload })), "0308dbffffffff07");
  });

  const address = fc.oneof(fc.constant(undefined), u16, eui);
  it("come back as they were", () => {
    fc.assert(
      fc.property(
        u8,
        fc.boolean(),
        fc.boolean(),
        address,
        address,
        u16,
        u16,
        bytes(90),
        (sequence, ackRequest, framePending, destination, source, destinationPan, sourcePan, payload) => {
          const frame = {
            type: MacType.data,
            sequence,
            ackRequest,
            framePending,
            ...(destination === undefined ? {} : { destinationPan }),
            destination,
            ...(source === undefined ? {} : { sourcePan }),
            source,
            payload,
          };
          assert.deepEqual(decodeMac(encodeMac(frame)), frame);
        },
      ),
      seed,
    );
  });

  it("are refused with security, a later version, reserved bits, or too long", () => {
    for (const start of ["0b08", "0328", "8308", "0408", "0304", "4300"]) {
      assert.throws(() => decodeMac(hex(`${start}01ffffffffffffffffff`)), CodedError, start);
    }
    assert.throws(() => decodeMac(new Uint8Array(126)), CodedError);
    neverCrashes(decodeMac);
  });

  const commands: MacCommand[] = [
    { command: "association-request", capability: 0x8e },
    { command: "association-response", shortAddress: 0x1234, status: 2 },
    { command: "disassociation", reason: 2 },
    { command: "data-request" },
    { command: "beacon-request" },
  ];
  kinds("commands", commands, encodeMacCommand, decodeMacCommand);

  kinds(
    "beacons",
    [true, false].map((permitJoining) => ({ permitJoining, extendedPanId: A, depth: 3, updateId: 9 })),
    encodeBeacon,
    decodeBeacon,
  );

  it("beacons of other networks are refused", () => {
    const beacon = encodeBeacon({ permitJoining: true, extendedPanId: A, depth: 0, updateId: 0 });
    for (const at of [2, 3, 4, 5]) {
      const other = beacon.slice();
      other[at]! ^= 1;
      assert.throws(() => decodeBeacon(other), CodedError);
    }
  });
});

describe("NWK frames", () => {
  it("come back as they were, secured or not", () => {
    const header = fc.tuple(
      fc.constantFrom("data", "command"),
      u16,
      u16,
      u8,
      u8,
      optional(eui, "destinationEui"),
      optional(eui, "sourceEui"),
      fc.boolean(),
    );
    fc.assert(
      fc.property(
        header,
        u32,
        bytes(60),
        ([type, destination, source, radius, sequence, to, from, secured], frameCounter, payload) => {
          const own = { type, destination, source, radius, sequence, ...to, ...from, secured } as Parameters<
            typeof encodeNwkHeader
          >[0];
          const head = encodeNwkHeader(own);
          const security = { keyId: KeyId.network, frameCounter, source: A, keySequence: 3 };
          const aux = secured ? encodeSecurityHeader(security) : new Uint8Array(0);
          const frame = decodeNwk(Uint8Array.of(...head, ...aux, ...payload));
          assert.deepEqual(frame, {
            header: own,
            headerBytes: head,
            ...(secured ? { security } : {}),
            payload,
          });
        },
      ),
      seed,
    );
  });

  it("are refused with multicast, source route, another version or type", () => {
    for (const control of ["0801", "0804", "0880", "0a00", "0c00", "0b00"]) {
      assert.throws(() => decodeNwk(hex(`${control}0000000000000000`)), CodedError, control);
    }
    neverCrashes(decodeNwk);
  });

  const commands: NwkCommand[] = [
    { command: "leave", request: true, rejoin: false },
    { command: "leave", request: false, rejoin: true },
    { command: "rejoin-request", capability: 0x8e },
    { command: "rejoin-response", shortAddress: 7, status: 0 },
  ];
  kinds("commands", commands, encodeNwkCommand, decodeNwkCommand);
});

describe("APS frames", () => {
  const address = { destinationEndpoint: 1, cluster: 0x0704, profile: 0x0109, sourceEndpoint: 2 };
  const plain = { broadcast: false, ackRequest: true, secured: false, counter: 200 };

  it("come back as they were: data, commands, acknowledgements, blocks", () => {
    const headers: Parameters<typeof encodeApsHeader>[0][] = [
      { ...plain, type: ApsType.data, address },
      { ...plain, type: ApsType.data, address, broadcast: true, ackRequest: false },
      { ...plain, type: ApsType.data, address, block: { first: true, number: 26 } },
      { ...plain, type: ApsType.data, address, block: { first: false, number: 3 } },
      { ...plain, type: ApsType.command, ackRequest: false },
      { ...plain, type: ApsType.ack, ackRequest: false, address },
      { ...plain, type: ApsType.ack, ackRequest: false },
      {
        ...plain,
        type: ApsType.ack,
        ackRequest: false,
        address,
        block: { first: false, number: 3, bitfield: 0xff },
      },
    ];
    for (const header of headers) {
      const encoded = encodeApsHeader(header);
      const payload = Uint8Array.of(1, 2, 3);
      assert.deepEqual(decodeAps(Uint8Array.of(...encoded, ...payload)), {
        header,
        headerBytes: encoded,
        payload,
      });
      for (let length = 0; length < encoded.length; length++) {
        assert.throws(() => decodeAps(encoded.slice(0, length)), CodedError);
      }
    }
    neverCrashes(decodeAps);
  });

  it("are refused as inter-PAN, group or indirect, and with senseless flags", () => {
    for (const control of ["03", "0c", "04", "10", "81"]) {
      assert.throws(() => decodeAps(hex(`${control}010407090101050000`)), CodedError, control);
    }
    assert.throws(() => decodeAps(hex("8001040709010105" + "0300")), CodedError);
  });

  const commands: ApsCommand[] = [
    { command: "transport-network-key", key: K, keySequence: 1, destination: A, source: B },
    { command: "transport-link-key", key: K, destination: A, source: B },
    { command: "update-device", device: A, shortAddress: 0x1234, status: 1 },
    { command: "remove-device", device: A },
    { command: "verify-key", source: A, hash: K },
    { command: "confirm-key", status: 0, destination: A },
  ];
  kinds("commands", commands, encodeApsCommand, decodeApsCommand);

  it("refuses keys of other types", () => {
    assert.throws(() => decodeApsCommand(hex(`0502${"00".repeat(33)}`)), CodedError);
    assert.throws(() => decodeApsCommand(hex(`0f01${"00".repeat(24)}`)), CodedError);
  });
});
