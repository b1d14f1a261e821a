import assert from "node:assert/strict";
import { publicKeyOf, readCertificate } from "../../../../../firmware/wire/gbcs/cbke/certificate.ts";
import * as curve from "../../../../../firmware/wire/gbcs/cbke/curve.ts";
import { cbkeEstablishment } from "../../../../../firmware/wire/gbcs/cbke/establishment.ts";
import {
  ephemeral,
  implicitSigner,
  Prover,
  proof,
  sessionKeys,
  sharedSecret,
} from "../../../../../firmware/wire/gbcs/cbke/mqv.ts";
import type { EstablishmentOptions } from "../../../../../firmware/wire/suite.ts";
import { nobleCrypto, nodeCrypto } from "../../../../../hal/crypto/index.ts";
import { hex, readJson, toHex, vectors } from "../../../../support/shared-data.ts";
import { run } from "./parties.ts";

interface Side {
  readonly eui64: string;
  readonly cert: string;
  readonly private: string;
  readonly public: string;
  readonly eph_private: string;
  readonly eph_public: string;
}
interface Exchange {
  readonly ca_public: string;
  readonly U_initiator: Side;
  readonly V_responder: Side;
  readonly Z: string;
  readonly MacKey: string;
  readonly KeyData: string;
  readonly MACU: string;
  readonly MACV: string;
}
interface Extra {
  readonly suite: number;
  readonly ca_public: string;
  readonly cert: string;
  readonly priv_recon: string;
  readonly public: string;
}
interface File {
  readonly suite1: Exchange;
  readonly suite2: Exchange;
  readonly extra_certicom: readonly Extra[];
}

const point = (text: string) => curve.decodePoint(hex(text), "vector");
/** A session's private key. The responder's in the standard is above n; a board of ours draws none such. */
const sessionSecretOf = ({ eph_private }: Side) => curve.integerOf(hex(eph_private)) % curve.ORDER;
/** Entropy that makes just this session key: scalarFrom() adds 1. */
const entropyOf = (side: Side) => ({
  bytes: (length: number) => {
    const bytes = new Uint8Array(length);
    bytes.set(curve.encodeScalar(sessionSecretOf(side) - 1n), length - curve.SCALAR_BYTES);
    return bytes;
  },
});

// Origin: Smart Energy 1.4 annex C.6, and devices of a test authority (see the folder's SOURCE.txt).
for (const crypto of [nodeCrypto(), nobleCrypto()])
  describe(`CBKE: vectors of suite 2, ${crypto.name}`, () => {
    let file: File;
    let suite2: Exchange;
    before(function () {
      file = readJson<File>(vectors(this, "zigbee-cbke/se_annex_c.json"));
      ({ suite2 } = file);
    });
    const sides = () => [suite2.U_initiator, suite2.V_responder];
    const signerOf = (side: Side) => implicitSigner(hex(side.private));

    it("reconstructs each public key from its certificate, and has its private half", () => {
      for (const side of sides()) {
        const certificate = readCertificate(hex(side.cert));
        assert.equal(certificate.subject.toLowerCase(), side.eui64);
        const key = publicKeyOf(crypto, certificate, point(suite2.ca_public));
        assert.equal(toHex(curve.encodePoint(key)), side.public);
        assert.equal(toHex(signerOf(side).publicKey), side.public);
      }
    });

    it("reconstructs the key of the other device, and has its private half", () => {
      const [extra, ...others] = file.extra_certicom.filter(({ suite }) => suite === 2);
      assert.equal(others.length, 0);
      const certificate = readCertificate(hex(extra!.cert));
      assert.deepEqual(
        { serial: certificate.serial, subject: certificate.subject, use: certificate.use },
        { serial: 0x0b3ad5a312ab75d6n, subject: "0022080000000001", use: 0x08 },
      );
      const key = publicKeyOf(crypto, certificate, point(extra!.ca_public));
      assert.equal(toHex(curve.encodePoint(key)), extra!.public);
      // What its file calls reconstruction data is the private key itself.
      assert.equal(toHex(implicitSigner(hex(extra!.priv_recon)).publicKey), extra!.public);
    });

    it("agrees on Z, both keys and both proofs, from either side", () => {
      const [u, v] = sides() as [Side, Side];
      for (const [own, other] of [
        [u, v],
        [v, u],
      ] as const) {
        const session = ephemeral(sessionSecretOf(own));
        assert.equal(toHex(session.publicKey), own.eph_public);
        const peer = { certified: point(other.public), session: point(other.eph_public) };
        const secret = sharedSecret(signerOf(own), session, peer);
        assert.equal(toHex(secret), suite2.Z);
        const keys = sessionKeys(crypto, secret);
        assert.deepEqual([toHex(keys.mac), toHex(keys.link)], [suite2.MacKey, suite2.KeyData]);
      }
      const named = (side: Side) => ({ eui64: hex(side.eui64), sessionKey: hex(side.eph_public) });
      const key = hex(suite2.MacKey);
      assert.equal(toHex(proof(crypto, key, Prover.initiator, named(u), named(v))), suite2.MACU);
      assert.equal(toHex(proof(crypto, key, Prover.responder, named(v), named(u))), suite2.MACV);
    });

    it("makes keys and proofs of suite 1 from its Z: only the curve differs, which no device here has", () => {
      const { U_initiator: u, V_responder: v, ...known } = file.suite1;
      const keys = sessionKeys(crypto, hex(known.Z));
      assert.deepEqual([toHex(keys.mac), toHex(keys.link)], [known.MacKey, known.KeyData]);
      const named = (side: Side) => ({ eui64: hex(side.eui64), sessionKey: hex(side.eph_public) });
      assert.equal(toHex(proof(crypto, keys.mac, Prover.initiator, named(u), named(v))), known.MACU);
      assert.equal(toHex(proof(crypto, keys.mac, Prover.responder, named(v), named(u))), known.MACV);
    });

    it("plays the whole session, each command byte for byte", async () => {
      const [device, hub] = sides().map((side) => ({
        name: side.eui64.toUpperCase(),
        options: {
          board: { crypto, entropy: entropyOf(side) },
          credential: { certificate: hex(side.cert), signer: signerOf(side) },
          trustRoot: { publicKey: hex(suite2.ca_public) },
          nowS: () => undefined,
        } satisfies EstablishmentOptions,
      }));
      const { sent, device: atDevice, hub: atHub } = await run(device!, hub!);
      const [u, v] = sides() as [Side, Side];
      assert.deepEqual(
        sent.map(({ id, payload }) => `${id} ${toHex(payload)}`),
        [
          `0 02000a0a${u.cert}`,
          `0 02000a0a${v.cert}`,
          `1 ${u.eph_public}`,
          `1 ${v.eph_public}`,
          `2 ${suite2.MACU}`,
          `2 ${suite2.MACV}`,
        ],
      );
      assert.deepEqual(
        [atDevice.linkKey, atHub!.linkKey].map((key) => toHex(key!)),
        [suite2.KeyData, suite2.KeyData],
      );
    });

    it("answers a device that has suite 1 only with what it has itself", async () => {
      const { V_responder: hub } = suite2;
      const { U_initiator: device } = file.suite1;
      const step = await cbkeEstablishment.proceed(
        {
          board: { crypto, entropy: entropyOf(hub) },
          credential: { certificate: hex(hub.cert), signer: signerOf(hub) },
          trustRoot: { publicKey: hex(suite2.ca_public) },
          nowS: () => undefined,
        },
        device.eui64,
        undefined,
        { id: 0, payload: hex(`01000a0a${device.cert}`) },
      );
      assert.equal(toHex(step.send!.payload), "051e0200");
    });
  });
