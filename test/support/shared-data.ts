/** Where data that others made stands: test vectors and reference messages are never copied into the project. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fromHex } from "../../hal/base/hex.ts";

const checkout = fileURLToPath(new URL("../../", import.meta.url));

export const vectorsDir = process.env.METERBENCH_VECTORS ?? resolve(checkout, "../shared/vectors");
export const duisDir = process.env.METERBENCH_DUIS ?? resolve(checkout, "../shared/duis");
export const rtdsDir = process.env.METERBENCH_RTDS ?? resolve(checkout, "../shared/rtds");

/** The path of a vector file or folder; skips the suite or test visibly when the data is not on this machine. */
export function vectors(context: Mocha.Context, path: string): string {
  return present(context, join(vectorsDir, path), "METERBENCH_VECTORS");
}

export function rtds(context: Mocha.Context, path = ""): string {
  return present(context, join(rtdsDir, path), "METERBENCH_RTDS");
}

export function duis(context: Mocha.Context, path = ""): string {
  return present(context, join(duisDir, path), "METERBENCH_DUIS");
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

function present(context: Mocha.Context, path: string, variable: string): string {
  if (existsSync(path)) return path;
  console.warn(`      skipped: no ${path} (set ${variable} to the folder that holds it)`);
  return context.skip();
}

export const hex = (text: string): Uint8Array => fromHex(text.replace(/\s/g, ""));
export { toLowerHex as toHex } from "../../hal/base/hex.ts";
