import assert from "node:assert/strict";
import fc from "fast-check";
import { euiBytes, Reader } from "../../../firmware/han/frames/bytes.ts";
import { KeyId, open, readSecurityHeader, secure } from "../../../firmware/han/frames/security.ts";
import { decodeTunnel, encodeTunnel, type TunnelCommand } from "../../../firmware/han/frames/tunneling.ts";
import {
  decodeReadAttributes,
  decodeTimeResponse,
  decodeZcl,
  encodeReadAttributes,
  encodeTimeResponse,
  encodeZcl,
} from "../../../firmware/han/frames/zcl.ts";
import { decodeDeviceAnnounce, encodeDeviceAnnounce } from "../../../firmware/han/frames/zdo.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { euiText } from "../../../hal/base/eui64.ts";
import { hex, toHex } from "../../support/shared-data.ts";
import { A, bytes, eui, K, key, kinds, neverCrashes, optional, seed, u8, u16, u32 } from "./codec-support.ts";
import { crypto } from "./home.ts";

describe("frame security", () => {
  const header = hex("0802fdff0000010a");
  const security = { keyId: KeyId.network, frameCounter: 5, source: A, keySequence: 0 };

  it("puts level 0 on the air and level 5 under the seal", () => {
    const sealed = secure(crypto, K, A, header, security, Uint8Array.of(9));
    assert.equal(sealed[header.length], 0x28);
    const nonce = Uint8Array.of(...euiBytes(A).reverse(), 5, 0, 0, 0, 0x2d);
    const aux = sealed.slice(header.length, header.length + 14);
    aux[0] = 0x2d;
    const expected = crypto.aesCcmSeal(K, nonce, Uint8Array.of(...header, ...aux), Uint8Array.of(9), 4);
    assert.deepEqual(sealed.slice(-5), expected);
  });

  it("opens what it sealed, and nothing changed by a bit or cut short", () => {
    fc.assert(
      fc.property(key, eui, u32, bytes(40), (k, source, frameCounter, payload) => {
        const own = { ...security, frameCounter, source };
        const sealed = secure(crypto, k, source, header, own, payload).slice(header.length + 14);
        assert.deepEqual(open(crypto, k, source, header, own, sealed), payload);
        assert.equal(open(crypto, k, source, header, own, sealed.slice(0, -1)), undefined);
        assert.equal(
          open(crypto, k, source, header, { ...own, frameCounter: (frameCounter + 1) % 2 ** 32 }, sealed),
          undefined,
        );
        for (let bit = 0; bit < sealed.length * 8; bit += 5) {
          const changed = sealed.slice();
          changed[bit >>> 3]! ^= 1 << (bit & 7);
          assert.equal(open(crypto, k, source, header, own, changed), undefined);
        }
      }),
      { ...seed, numRuns: 30 },
    );
  });

  it("refuses auxiliary headers with a level or reserved bits", () => {
    for (const control of [0x2d, 0x68, 0xa8, 0x29]) {
      assert.throws(
        () => readSecurityHeader(new Reader(Uint8Array.of(control, ...new Uint8Array(20)))),
        CodedError,
      );
    }
    neverCrashes((input) => readSecurityHeader(new Reader(input)));
  });
});

describe("ZDO and ZCL", () => {
  kinds(
    "device announce",
    [{ sequence: 1, shortAddress: 2, eui64: A, capability: 0x8e }],
    encodeDeviceAnnounce,
    decodeDeviceAnnounce,
  );

  it("ZCL frames come back as they were", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        optional(u16, "manufacturer"),
        u8,
        u8,
        bytes(50),
        (specific, fromServer, disableDefaultResponse, manufacturer, sequence, command, payload) => {
          const frame = {
            specific,
            fromServer,
            disableDefaultResponse,
            ...manufacturer,
            sequence,
            command,
            payload,
          };
          assert.deepEqual(decodeZcl(encodeZcl(frame)), frame);
        },
      ),
      seed,
    );
    for (const control of [0x02, 0x20, 0x80])
      assert.throws(() => decodeZcl(Uint8Array.of(control, 0, 0)), CodedError);
    neverCrashes(decodeZcl);
  });

  it("the Time cluster tells UTC seconds from 2000 on, or that there are none", () => {
    const utcS = Date.UTC(2026, 0, 15) / 1000;
    assert.equal(decodeTimeResponse(encodeTimeResponse([0], utcS)), utcS);
    assert.equal(toHex(encodeTimeResponse([0], 946_684_801)), "000000e201000000");
    assert.equal(decodeTimeResponse(encodeTimeResponse([0], undefined)), undefined);
    assert.equal(decodeTimeResponse(encodeTimeResponse([0], 5)), undefined);
    assert.equal(decodeTimeResponse(hex("000000e2ffffffff")), undefined, "ZCL's invalid time");
    assert.equal(decodeTimeResponse(hex("000000e2fffffffe")), undefined, "beyond a device's clock");
    assert.equal(toHex(encodeTimeResponse([9], utcS)), "090086");
    assert.throws(() => decodeTimeResponse(hex("0900e2")), CodedError);
    assert.throws(() => decodeTimeResponse(hex("00000023" + "00000000")), CodedError);
    neverCrashes(decodeTimeResponse);
  });

  it("attribute lists are bounded", () => {
    assert.deepEqual(decodeReadAttributes(encodeReadAttributes([0, 1, 2])), [0, 1, 2]);
    for (const length of [0, 1, 33, 34])
      assert.throws(() => decodeReadAttributes(new Uint8Array(length)), CodedError);
  });
});

describe("tunnels", () => {
  const both: TunnelCommand[] = [
    { command: "transfer", tunnel: 1, data: Uint8Array.of(1, 2) },
    { command: "transfer-error", tunnel: 1, status: 0 },
  ];
  const fromClient: TunnelCommand[] = [
    { command: "request", protocol: 6, manufacturer: 0xffff, flowControl: false, maxTransferBytes: 1500 },
    { command: "close", tunnel: 5 },
    ...both,
  ];
  const fromServer: TunnelCommand[] = [
    { command: "response", tunnel: 2, status: 0, maxTransferBytes: 1500 },
    ...both,
  ];

  it("each tunnel command comes back as it was, in its direction", () => {
    for (const [commands, server] of [
      [fromClient, false],
      [fromServer, true],
    ] as const) {
      for (const command of commands) {
        const { id, payload } = encodeTunnel(command, server);
        assert.deepEqual(decodeTunnel(id, server, payload), command);
        assert.throws(() => decodeTunnel(id, server, payload.slice(0, 1)), CodedError);
      }
      assert.throws(() => decodeTunnel(9, server, new Uint8Array(6)), CodedError);
      for (const id of [0, 1, 2, 3]) neverCrashes((input) => decodeTunnel(id, server, input));
    }
  });

  it("a tunnel takes 1,500 bytes and no more", () => {
    assert.equal(decodeTunnel(2, false, new Uint8Array(1502)).command, "transfer");
    assert.throws(() => decodeTunnel(2, false, new Uint8Array(1503)), CodedError);
    assert.throws(() => decodeTunnel(0, false, hex("06ffff02dc05")), CodedError);
  });
});

describe("EUI-64s", () => {
  it("are 16 upper-case digits, and nothing else", () => {
    assert.equal(euiText(euiBytes(A)), A);
    for (const text of ["", "00db1234567890a0", `${A}0`]) assert.throws(() => euiBytes(text), CodedError);
    assert.throws(() => euiText(new Uint8Array(7)), CodedError);
  });
});
