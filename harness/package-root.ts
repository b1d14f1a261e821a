/** The folder that holds package.json: one level above `harness/` in a checkout, two in the built package. */
import { existsSync } from "node:fs";

const candidates = [new URL("../", import.meta.url), new URL("../../", import.meta.url)];
const found = candidates.find((url) => existsSync(new URL("package.json", url)));
if (found === undefined) throw new Error("meterbench: package.json is missing beside its own files");

export const packageRoot: URL = found;
