/** RFC 9529 chapter 2 (method 0, suite 0, X.509 by x5t): every value of the trace that a door of ours shows. */
import { strict as assert } from "node:assert";
import { encodeIdentifier } from "../../../../../firmware/wire/cose/edhoc/credentials.ts";
import {
  advance,
  encodeIdCred,
  initiator,
  responder,
  x5tOf,
  x509Identity,
} from "../../../../../firmware/wire/cose/edhoc/index.ts";
import * as schedule from "../../../../../firmware/wire/cose/edhoc/key-schedule.ts";
import type { Crypto } from "../../../../../hal/board.ts";
import { cryptoByName } from "../../../../../hal/crypto/index.ts";
import { toHex } from "../../../../support/shared-data.ts";
import { crypto, knows, trace } from "./sessions.ts";

type Item = ReturnType<typeof trace>;

function sides(item: Item, crypto: Crypto) {
  const signerI = crypto.ed25519Signer(item("message_3", "SK_I"));
  const signerR = crypto.ed25519Signer(item("message_2", "SK_R"));
  const i = {
    identity: x509Identity(crypto, item("message_3", "CRED_I"), signerI),
    publicKey: item("message_3", "PK_I"),
    subject: "I",
  };
  const r = {
    identity: x509Identity(crypto, item("message_2", "CRED_R"), signerR),
    publicKey: item("message_2", "PK_R"),
    subject: "R",
  };
  return {
    initiator: {
      crypto,
      own: i.identity,
      resolve: knows(r),
      ephemeralSecret: item("message_1", "X"),
      connectionId: item("message_1", "C_I"),
    },
    responder: {
      crypto,
      own: r.identity,
      resolve: knows(i),
      ephemeralSecret: item("message_2", "Y"),
      connectionId: item("message_2", "C_R"),
    },
  };
}

describe("EDHOC, RFC 9529 chapter 2", () => {
  let item: Item;
  const same = (got: Uint8Array | undefined, section: string, name: string, kind?: string) =>
    assert.equal(toHex(got ?? new Uint8Array(0)), toHex(item(section, name, kind)), name);

  before(function () {
    item = trace(this);
  });

  for (const name of ["node", "noble", "sodium"] as const) {
    it(`sends message_1 to message_4 of the trace, byte for byte, with ${name}`, function () {
      const library = cryptoByName(name);
      if (library === undefined) {
        console.warn(`      skipped: no ${name} on this machine`);
        return this.skip();
      }
      const options = sides(item, library);
      const first = initiator(options.initiator);
      same(first.send, "message_1", "message_1", "CBOR Sequence");
      const second = advance(responder(options.responder), first.send as Uint8Array);
      same(second.send, "message_2", "message_2", "CBOR Sequence");
      const third = advance(first.state, second.send as Uint8Array);
      same(third.send, "message_3", "message_3", "CBOR Sequence");
      const fourth = advance(second.state, third.send as Uint8Array);
      same(fourth.send, "message_4", "message_4", "CBOR Sequence");
      const last = advance(third.state, fourth.send as Uint8Array);
      assert.equal(last.state.phase, "done");
      for (const result of [fourth.result, last.result]) {
        assert.ok(result);
        same(result.keys.prkOut, "PRK_out and PRK_exporter", "PRK_out");
        same(result.keys.export(0, new Uint8Array(0), 16), "OSCORE Parameters", "OSCORE Master Secret");
        same(result.keys.export(1, new Uint8Array(0), 8), "OSCORE Parameters", "OSCORE Master Salt");
        same(result.connectionIds.responder, "OSCORE Parameters", "Client's OSCORE Sender ID");
        same(result.connectionIds.initiator, "OSCORE Parameters", "Server's OSCORE Sender ID");
        const updated = result.keys.updated(item("Key Update", "context for KeyUpdate"));
        same(updated.prkOut, "Key Update", "PRK_out after KeyUpdate");
        same(updated.export(0, new Uint8Array(0), 16), "Key Update", "OSCORE Master Secret after KeyUpdate");
        same(updated.export(1, new Uint8Array(0), 8), "Key Update", "OSCORE Master Salt after KeyUpdate");
      }
      assert.equal(fourth.result?.peer.subject, "I");
      assert.equal(last.result?.peer.subject, "R");
    });
  }

  it("derives the public keys, ID_CREDs and connection identifiers of the trace", () => {
    same(crypto.x25519PublicKey(item("message_1", "X")), "message_1", "G_X");
    same(crypto.x25519PublicKey(item("message_2", "Y")), "message_2", "G_Y");
    same(crypto.ed25519Signer(item("message_2", "SK_R")).publicKey, "message_2", "PK_R");
    same(crypto.ed25519Signer(item("message_3", "SK_I")).publicKey, "message_3", "PK_I");
    same(
      encodeIdCred(x5tOf(crypto, item("message_2", "CRED_R"))),
      "message_2",
      "ID_CRED_R",
      "CBOR Data Item",
    );
    same(
      encodeIdCred(x5tOf(crypto, item("message_3", "CRED_I"))),
      "message_3",
      "ID_CRED_I",
      "CBOR Data Item",
    );
    same(encodeIdentifier(item("message_1", "C_I")), "message_1", "C_I", "CBOR Data Item");
    same(encodeIdentifier(item("message_2", "C_R")), "message_2", "C_R", "CBOR Data Item");
  });

  it("lets exactly the one-byte integers from -24 to 23 travel as themselves (RFC 9528 3.3.2)", () => {
    for (let byte = 0; byte < 256; byte++) {
      const isInteger = byte < 24 || (byte >= 0x20 && byte < 0x20 + 24);
      const expected = isInteger ? [byte] : [0x41, byte];
      assert.deepEqual([...encodeIdentifier(Uint8Array.of(byte))], expected);
    }
  });

  it("derives every transcript hash, key and signature input of the trace", () => {
    const th2 = schedule.transcript2(
      crypto,
      item("message_2", "G_Y"),
      item("message_1", "message_1", "CBOR Sequence"),
    );
    same(th2, "message_2", "TH_2");
    const shared = crypto.x25519(item("message_1", "X"), item("message_2", "G_Y"));
    same(shared, "message_2", "G_XY (ECDH shared secret)");
    const prk = schedule.extract(crypto, th2, shared as Uint8Array);
    same(prk, "message_2", "PRK_2e");
    same(prk, "message_2", "PRK_3e2m");
    same(prk, "message_3", "PRK_4e3m");
    const none = new Uint8Array(0);
    const context2 = item("message_2", "context_2", "CBOR Sequence");
    same(schedule.edhocKdf(crypto, prk, schedule.Label.mac2, context2, 32), "message_2", "MAC_2");
    const proof2 = { message: 2, transcript: th2, ead: none } as const;
    const input2 = schedule.toBeSigned(crypto, prk, {
      ...proof2,
      idCred: item("message_2", "ID_CRED_R", "CBOR Data Item"),
      credential: item("message_2", "CRED_R", "CBOR Data Item"),
      connectionId: item("message_2", "C_R", "CBOR Data Item"),
    });
    same(input2, "message_2", "Message to be signed 2", "CBOR Data Item");
    same(crypto.ed25519Signer(item("message_2", "SK_R")).sign(input2), "message_2", "Signature_or_MAC_2");
    const plaintext2 = item("message_2", "PLAINTEXT_2", "CBOR Sequence");
    same(schedule.edhocKdf(crypto, prk, schedule.Label.keystream2, th2, 82), "message_2", "KEYSTREAM_2");
    same(schedule.binaryAdd(crypto, prk, th2, plaintext2), "message_2", "CIPHERTEXT_2");

    const th3 = schedule.nextTranscript(
      crypto,
      th2,
      plaintext2,
      item("message_2", "CRED_R", "CBOR Data Item"),
    );
    same(th3, "message_3", "TH_3");
    const context3 = item("message_3", "context_3", "CBOR Sequence");
    same(schedule.edhocKdf(crypto, prk, schedule.Label.mac3, context3, 32), "message_3", "MAC_3");
    const input3 = schedule.toBeSigned(crypto, prk, {
      message: 3,
      transcript: th3,
      ead: none,
      idCred: item("message_3", "ID_CRED_I", "CBOR Data Item"),
      credential: item("message_3", "CRED_I", "CBOR Data Item"),
      connectionId: none,
    });
    same(input3, "message_3", "Message to be signed 3", "CBOR Data Item");
    const keys3 = schedule.aeadKeys(crypto, prk, 3, th3);
    same(keys3.key, "message_3", "K_3");
    same(keys3.nonce, "message_3", "IV_3");
    same(keys3.additionalData, "message_3", "A_3", "CBOR Data Item");

    const plaintext3 = item("message_3", "PLAINTEXT_3", "CBOR Sequence");
    const th4 = schedule.nextTranscript(
      crypto,
      th3,
      plaintext3,
      item("message_3", "CRED_I", "CBOR Data Item"),
    );
    same(th4, "message_3", "TH_4");
    const keys4 = schedule.aeadKeys(crypto, prk, 4, th4);
    same(keys4.key, "message_4", "K_4");
    same(keys4.nonce, "message_4", "IV_4");
    same(keys4.additionalData, "message_4", "A_4", "CBOR Data Item");
    const prkOut = item("PRK_out and PRK_exporter", "PRK_out");
    same(
      schedule.edhocKdf(crypto, prkOut, schedule.Label.prkExporter, none, 32),
      "PRK_out and PRK_exporter",
      "PRK_exporter",
    );
  });
});
