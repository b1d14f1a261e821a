import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicBytes, readKeyObject } from "../../../harness/input/key-file.ts";
import { readControlKey } from "../../../harness/rig/control-key.ts";
import { readDecryptionKey, readKeyFile } from "../../../harness/rig/flash/pre-flight.ts";
import { loadX509Keys } from "../../../harness/verify/x509-keys.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const publicKey = createPublicKey(privateKey);
const sec1 = privateKey.export({ type: "sec1", format: "pem" }).toString();
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const jwk = publicKey.export({ format: "jwk" });
const [x, y] = [jwk.x, jwk.y].map((part) => Buffer.from(part!, "base64url")) as [Buffer, Buffer];
const point = Buffer.concat([Buffer.of(4), x, y]);
const compressed = Buffer.concat([Buffer.of(2 + (y[31]! & 1)), x]);
const pem = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
const spkiHead = Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex");
/** What `openssl ecparam -genkey` writes: the parameters, then the key. */
const parameters = pem("EC PARAMETERS", Buffer.from("06082a8648ce3d030107", "hex"));
const utf16 = Buffer.from(`\ufeff${pkcs8}`, "utf16le");

const said = (content: string | Uint8Array, wanted: "private" | "public" = "private"): string => {
  const read = readKeyObject(Buffer.from(content as Uint8Array), wanted);
  if (typeof read === "string") return read;
  const found = publicBytes(read);
  return typeof found === "string" ? found : Buffer.from(found.bytes).toString("hex");
};
const encrypted = (type: "pkcs8" | "sec1", format: "pem" | "der" = "pem") =>
  privateKey.export({ type, format, cipher: "aes-128-cbc", passphrase: "x" } as never) as string | Buffer;

/** Keys that can be used, however a tool wrote them. */
const readable: Record<string, string | Uint8Array> = {
  "SEC 1": sec1,
  "PKCS #8": pkcs8,
  "parameters in front": `${parameters}${sec1}`,
  "words in front": `Bag Attributes\n    friendlyName: key\n${pkcs8}`,
  "a byte order mark": `\ufeff${pkcs8}`,
  "UTF-16": utf16,
  "Windows' line ends": pkcs8.replaceAll("\n", "\r\n"),
  DER: privateKey.export({ type: "pkcs8", format: "der" }),
  "SEC 1 in DER": privateKey.export({ type: "sec1", format: "der" }),
};

describe("keys in files", () => {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  for (const [name, content] of Object.entries(readable))
    it(`an EC key with ${name} is read: by verify, and as what signed an image`, () => {
      assert.equal(said(content), point.toString("hex"));
      assert.equal(said(content, "public"), point.toString("hex"));
      const dir = mkdtempSync(join(folder, "store-"));
      writeFileSync(join(dir, "00DB1234567890A0-ka.key"), content);
      const key = loadX509Keys(dir).party("00DB1234567890A0")?.keys.ka;
      assert.equal(Buffer.from(key!.publicKey).toString("hex"), point.toString("hex"));
      const { kind, publicKey: own } = readKeyFile(file("image.pem", content));
      assert.deepEqual([kind, Buffer.from(own)], ["p256", point]);
    });

  it("a public EC key is the same in every form: compressed, raw, PEM, DER", () => {
    const forms = {
      "spki.pem": publicKey.export({ type: "spki", format: "pem" }),
      "spki.der": publicKey.export({ type: "spki", format: "der" }),
      "compressed.pem": pem("PUBLIC KEY", Buffer.concat([spkiHead, compressed])),
      "compressed.der": Buffer.concat([spkiHead, compressed]),
      "compressed.raw": compressed,
      raw: point,
    };
    for (const [name, content] of Object.entries(forms))
      assert.deepEqual(Buffer.from(readKeyFile(file(name, content)).publicKey), point, name);
  });

  it("one that cannot be used is named for what it is", () => {
    assert.match(said(encrypted("pkcs8")), /encrypted with a passphrase; .*openssl pkey/);
    assert.match(said(encrypted("sec1")), /encrypted with a passphrase/);
    assert.match(said(encrypted("pkcs8", "der")), /encrypted with a passphrase; .*-inform DER/);
    assert.match(said(parameters), /only the parameters of a curve/);
    assert.match(
      said(publicKey.export({ type: "spki", format: "pem" })),
      /is a public key, and the private key is wanted/,
    );
    assert.match(
      said(pem("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1"))),
      /OpenSSH key; make PEM of it/,
    );
    assert.match(said("ssh-ed25519 AAAAC3Nz me@here\n"), /OpenSSH key/);
    assert.match(
      said(pem("CERTIFICATE", Buffer.of(0x30, 0))),
      /is a certificate, and the private key is wanted/,
    );
    assert.match(said("ab".repeat(32)), /is hexadecimal, not PEM: a raw key/);
    assert.match(said("hello"), /no PEM key: there is no BEGIN line/);
    assert.match(said(Uint8Array.of(0xff, 0, 1)), /neither PEM nor DER/);
    assert.match(
      said(pem("EC PRIVATE KEY", Buffer.from("3003020101", "hex"))),
      /ec private key that cannot be read/,
    );
    const other = (type: "ec" | "rsa", options: object) =>
      (generateKeyPairSync as (t: string, o: object) => { privateKey: KeyObject })(
        type,
        options,
      ).privateKey.export({
        type: "pkcs8",
        format: "pem",
      }) as string;
    assert.match(said(other("ec", { namedCurve: "P-384" })), /on P-384, not P-256/);
    assert.match(said(other("ec", { namedCurve: "secp256k1" })), /on secp256k1, not P-256/);
    assert.match(said(other("rsa", { modulusLength: 1024 })), /of type rsa/);
  });

  it("everywhere a key is read", () => {
    const path = file("encrypted.pem", encrypted("pkcs8"));
    const named = /it is encrypted with a passphrase/;
    assert.throws(() => readKeyFile(path), named);
    assert.throws(() => readDecryptionKey(path), named);
    assert.throws(() => readControlKey(path), named);
    writeFileSync(join(folder, "00DB1234567890A0-ka.key"), encrypted("pkcs8"));
    assert.throws(() => loadX509Keys(folder), /A0-ka\.key is encrypted with a passphrase/);
    const { privateKey: x25519 } = generateKeyPairSync("x25519");
    const x = file("x.pem", x25519.export({ type: "pkcs8", format: "pem" }));
    assert.equal(readDecryptionKey(x).length, 32);
    assert.throws(() => readKeyFile(x), /X25519, which signs nothing/);
    assert.throws(
      () => readKeyFile(file("short", Buffer.alloc(33, 9))),
      /it holds no PEM key|neither PEM nor DER/,
    );
    assert.equal(createPrivateKey(pkcs8).asymmetricKeyType, "ec");
  });
});
