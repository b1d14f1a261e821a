/** Opens the encrypted values of reference answers with the parties' keys, by node:crypto alone. For tests of the tables. */
import { createDecipheriv, createHash, createPrivateKey, diffieHellman, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../support/shared-data.ts";

const ALGORITHM = Buffer.from("60857406080300", "hex");
const TAG_BYTES = 12;

export interface Sealed {
  /** `31 00000000`, ciphertext, tag. */
  readonly sealed: Uint8Array;
  readonly device: Uint8Array;
  readonly party: Uint8Array;
  /** Eight bytes. */
  readonly counter: Uint8Array;
}

/** The plaintext; throws unless the tag is right. `keystore`: PEM files named for EUI and use. */
export function open(keystore: string, { sealed, device, party, counter }: Sealed): Uint8Array {
  const file = (eui: Uint8Array, end: string) => readFileSync(join(keystore, `${toHex(eui)}-ka.${end}`));
  const secret = diffieHellman({
    privateKey: createPrivateKey(file(party, "key")),
    publicKey: new X509Certificate(file(device, "pem")).publicKey,
  });
  const context = Buffer.concat([device, Buffer.of(9, 4), counter, party]);
  const material = Buffer.concat([Buffer.of(0, 0, 0, 1), secret, ALGORITHM, context]);
  const key = createHash("sha256").update(material).digest().subarray(0, 16);
  const cipher = createDecipheriv("aes-128-gcm", key, Buffer.concat([device, Buffer.alloc(4)]), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(sealed.subarray(0, 1));
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([cipher.update(sealed.subarray(5, -TAG_BYTES)), cipher.final()]);
}
