/** Test certificates and private keys of a home's parties and users as PEM files, for the systems that sign in their names. */
import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { CodedError, messageOf } from "../../../hal/base/coded-error.ts";
import type { TestPki } from "../../headend/pki.ts";
import { makeFolder } from "../../make-folder.ts";
import type { ServedHome } from "./served-home.ts";

interface Pair {
  readonly certificate: Uint8Array;
  /** 32 bytes. */
  readonly secret?: Uint8Array;
}

/**
 * Writes `<EUI-64>-{ds,ka,pp-ka,xml,file}.{pem,key}` of each party and user, `.pem` alone of devices and of the DCC's `xml`, and
 * `root.pem`, `issuing.pem`. Names are those that `parse --keys` and `verify --keys` read. Throws `serve/keys` when it cannot.
 */
export function writeKeys(dir: string, served: ServedHome): void {
  const { devices, headEnd } = served.home;
  const write = (eui: Eui64, use: string, pair: Pair): void => {
    const path = join(dir, `${eui.toLowerCase()}-${use}`);
    writeFileSync(`${path}.pem`, pem("CERTIFICATE", pair.certificate));
    if (pair.secret === undefined) return;
    const key = privateKey(pair.secret).export({ type: "pkcs8", format: "pem" });
    writeFileSync(`${path}.key`, key, { mode: 0o600 });
  };
  try {
    makeFolder(dir);
    writeFileSync(join(dir, "root.pem"), pem("CERTIFICATE", headEnd.pki.rootCertificate));
    writeFileSync(join(dir, "issuing.pem"), pem("CERTIFICATE", headEnd.pki.issuingCertificate));
    writeParties(headEnd.pki, write);
    for (const { eui, keys } of devices) {
      write(eui, "ds", { certificate: keys.sign.certificate });
      write(eui, "ka", { certificate: keys.agree.certificate });
    }
    for (const { subject, bytes, secret } of served.ownSigners)
      write(subject, "xml", { certificate: bytes, secret });
    for (const { subject, bytes, secret } of served.ownFileSigners)
      write(subject, "file", { certificate: bytes, secret });
    const { subject, bytes } = served.dccSigner;
    write(subject, "xml", { certificate: bytes });
  } catch (cause) {
    throw new CodedError(
      "serve/keys",
      `keys cannot be written to ${dir} (${messageOf(cause)})`,
      { advice: "Give a folder that can be written with --keys-out DIR." },
      cause,
    );
  }
}

function writeParties({ parties }: TestPki, write: (eui: Eui64, use: string, pair: Pair) => void): void {
  for (const { eui, keys } of Object.values(parties)) {
    const { sign, agree, prepay } = keys;
    write(eui, "ds", { certificate: sign.certificate, secret: sign.seed });
    write(eui, "ka", agree);
    write(eui, "pp-ka", prepay);
  }
}

function privateKey(secret: Uint8Array): KeyObject {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(secret);
  const point = ecdh.getPublicKey();
  const [x = "", y = "", d = ""] = [point.subarray(1, 33), point.subarray(33), Buffer.from(secret)].map(
    (part) => part.toString("base64url"),
  );
  return createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d }, format: "jwk" });
}

const pem = (what: string, der: Uint8Array): string =>
  `-----BEGIN ${what}-----\n${Buffer.from(der)
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${what}-----\n`;
