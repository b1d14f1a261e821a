/** The keys of a device of the model and of the parties it knows, as a folder that `verify --wire cose` reads. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { toLowerHex } from "../../../hal/base/hex.ts";
import { makeFolder } from "../../make-folder.ts";
import type { ModelDevice } from "../under-test/model-device.ts";

interface KeyPair {
  readonly secret: Uint8Array;
  readonly certificate: Uint8Array;
}

/**
 * Writes `<EUI-64>-{ds,ka,pp-ka}.{cwt,key}`, and what certifies them: `issuing.cwt`, by the root, and `root.cwt`, by
 * itself. Throws `cli/usage` when it cannot. Test keys: they protect nothing.
 */
export function writeKeys(dir: string, { eui, keys, pki }: ModelDevice): void {
  const write = (owner: Eui64, use: string, { certificate, secret }: KeyPair): void => {
    writeFileSync(join(dir, `${owner}-${use}.cwt`), certificate);
    writeFileSync(join(dir, `${owner}-${use}.key`), `${toLowerHex(secret)}\n`, {
      mode: 0o600,
    });
  };
  try {
    makeFolder(dir);
    writeFileSync(join(dir, "root.cwt"), pki.rootCertificate);
    writeFileSync(join(dir, "issuing.cwt"), pki.issuingCertificate);
    write(eui, "ds", { certificate: keys.sign.certificate, secret: keys.signSeed });
    write(eui, "ka", keys.agree);
    for (const { eui: party, keys: own } of Object.values(pki.parties)) {
      write(party, "ds", { certificate: own.sign.certificate, secret: own.sign.seed });
      write(party, "ka", own.agree);
      write(party, "pp-ka", own.prepay);
    }
  } catch (cause) {
    throw new CodedError(
      "cli/usage",
      `emulate: keys cannot be written to ${dir} (${(cause as Error).message})`,
      { advice: "Give a folder that can be written with --keys DIR." },
      cause,
    );
  }
}
