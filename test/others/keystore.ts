/** The client's test keys as the folder that `meterbench serve --keys` reads. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  readonly certificate?: string;
  readonly privateKey?: string;
  readonly role?: number;
  readonly name?: string;
}
type Keystore = Record<string, Record<string, Record<string, Entry>>>;

/** Roles of those who sign XML: users, and the DCC. */
const xmlRoles = [135, 137];

/** Of each party's two generations of keys (`Z1`, `Z1b`) the first, by which the client signs, too. */
export function writeKeystore(packages: string, dir: string): number {
  const path = join(packages, "node_modules/@smartdcc/dccboxed-keystore/keystore.json");
  const keystore = JSON.parse(readFileSync(path, "utf8")) as Keystore;
  const entries = Object.entries(keystore).flatMap(([eui, usages]) =>
    Object.entries(usages).flatMap(([usage, serials]) =>
      Object.values(serials).map((entry) => ({ eui, usage, ...entry })),
    ),
  );
  const wanted = entries.filter(({ name = "" }) => !name.startsWith("Z1b-"));
  mkdirSync(dir, { recursive: true });
  for (const { eui, usage, certificate = "", privateKey = "", role = 0, name = "" } of wanted) {
    const agree = name.endsWith("PP-ka") ? "pp-ka" : "ka";
    const use = xmlRoles.includes(role) ? "xml" : usage === "keyAgreement" ? agree : "ds";
    writeFileSync(join(dir, `${eui}-${use}.pem`), certificate);
    writeFileSync(join(dir, `${eui}-${use}.key`), privateKey, { mode: 0o600 });
  }
  return wanted.length;
}
