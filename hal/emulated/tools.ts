/** Which programs an emulated board needs, and which Debian packages bring them. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { EmulatedError } from "./errors.ts";

export interface Tool {
  readonly program: string;
  readonly debianPackage: string;
  readonly purpose: string;
}

export const tools: readonly Tool[] = [
  { program: "qemu-system-arm", debianPackage: "qemu-system-arm", purpose: "runs the emulated board" },
  { program: "socat", debianPackage: "socat", purpose: "joins the emulated board to a serial path" },
  { program: "arm-none-eabi-gcc", debianPackage: "gcc-arm-none-eabi", purpose: "builds the board's agent" },
];

/** The path of a program, or undefined when it is nowhere on PATH. */
export function findProgram(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/** The tools that are not installed; empty when an emulated board can be built and run. */
export function missingTools(wanted: readonly Tool[] = tools): readonly Tool[] {
  return wanted.filter(({ program }) => findProgram(program) === undefined);
}

/** Throws `emulated/missing-tools`, naming what to install. */
export function requireTools(...programs: string[]): void {
  const missing = missingTools(tools.filter(({ program }) => programs.includes(program)));
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.debianPackage);
  throw new EmulatedError(
    "emulated/missing-tools",
    `an emulated board needs ${missing.map((tool) => tool.program).join(", ")}: install with ` +
      `apt-get install --no-install-recommends ${packages.join(" ")}`,
    { packages },
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
