/** `meterbench conform`: answers a reference set by devices of the model, and compares. */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import pc from "picocolors";
import {
  type ConformReport,
  conform,
  conformPage,
  type Difference,
  lacksKey,
} from "../../conformance/index.ts";
import { makeFolder } from "../../make-folder.ts";
import { plainJson, plainLine } from "../../text.ts";
import { Exit } from "../exit.ts";

interface Options {
  readonly keys: string;
  readonly json?: boolean;
  readonly out?: string;
}

export function conformCommand(root: Command): Command {
  return root
    .command("conform")
    .argument("<dir>", "the reference set: message files under DIR/messages, or DIR")
    .requiredOption("--keys <dir>", "folder of certificates and keys, named EUI64-ds.pem, EUI64-ka.key ...")
    .option("--json", "one JSON document on standard output")
    .option("--out <dir>", "where conform.json and conform.html go (default: out; with --json: nowhere)")
    .description("answer the reference messages of the GB message set, and compare")
    .addHelpText("after", "\nExample:\n  meterbench conform rtds/ --keys rtds/keystore/\n")
    .action(async (dir: string, options: Options) => {
      const report = await conform(dir, { keysDir: options.keys, ...progress(options) });
      const out = options.out ?? (options.json ? undefined : "out");
      if (out !== undefined) write(out, report, dir);
      if (options.json) console.log(plainJson(report, undefined, 2));
      else print(report, out);
      process.exitCode = faults(report).length > 0 ? Exit.testFailed : Exit.ok;
    });
}

function progress({ json }: Options): { onProgress?: (done: number, total: number) => void } {
  const { stderr } = process;
  if (json || !stderr.isTTY) return {};
  return {
    onProgress: (done, total) => void stderr.write(done < total ? `\r${done} of ${total}` : "\r\x1b[K"),
  };
}

function write(out: string, report: ConformReport, dir: string): void {
  makeFolder(out);
  writeFileSync(join(out, "conform.json"), plainJson(report, undefined, 2));
  writeFileSync(join(out, "conform.html"), conformPage(report, dir));
}

/** What differs, but for messages that nobody could check. */
const faults = (report: ConformReport): readonly Difference[] =>
  [...report.perUseCase, ...report.alerts.perUseCase]
    .flatMap(({ differs }) => differs)
    .filter((difference) => !lacksKey(difference));

const width = 80;

function print(report: ConformReport, out: string | undefined): void {
  const { alerts } = report;
  for (const group of [...report.perUseCase, ...alerts.perUseCase])
    for (const difference of group.differs) printDifference(group.useCase, difference);
  console.log(summary(`${report.commands} commands`, "answered", report));
  console.log(summary(`${alerts.alerts} alerts`, "raised", alerts));
  if (out !== undefined) console.log(pc.dim(`details: ${join(out, "conform.html")}`));
}

function printDifference(useCase: string, difference: Difference): void {
  const mark = lacksKey(difference) ? pc.yellow("no key ") : pc.red("differs");
  const file = basename(difference.file);
  console.log(`${mark} ${plainLine(useCase)}  ${file.length > 55 ? `${file.slice(0, 54)}…` : file}`);
  for (const line of wrapped(plainLine(difference.why), width - 8)) console.log(`        ${line}`);
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(" ", columns);
    const cut = space > columns / 2 ? space : columns;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  return [...lines, rest];
}

function summary(
  what: string,
  done: string,
  counts: { authenticated: number; answered: number; identical: number; sameShape: number; differs: number },
): string {
  const { authenticated, answered, identical, sameShape, differs } = counts;
  const wrong = differs > 0 ? pc.red(`${differs} differ`) : "0 differ";
  return `${what}: ${authenticated} authentic, ${answered} ${done}; ${pc.green(`${identical} identical`)}, ${sameShape} same shape, ${wrong}`;
}
