/** `meterbench verify`: says of each message file whether it is authentic, and why not. */
import type { Command } from "commander";
import pc from "picocolors";
import { keyedWires, type VerifiedMessage, type VerifyReport, verifyFiles } from "../../verify/index.ts";
import { Exit, usageError } from "../exit.ts";

interface VerifyOptions {
  readonly wire: string;
  readonly keys: string;
  readonly json?: boolean;
}

export function verifyCommand(root: Command): Command {
  return root
    .command("verify")
    .argument("<path...>", "message files (hexadecimal text or bytes), or folders of them")
    .requiredOption("--wire <wire>", keyedWires.join(" or "))
    .requiredOption("--keys <dir>", "folder of certificates and keys, named EUI64-ds.pem, EUI64-ka.key ...")
    .option("--json", "one JSON document on standard output")
    .description("authenticate message files")
    .addHelpText("after", "\nExample:\n  meterbench verify messages/ --wire gbcs --keys keystore/\n")
    .action((paths: string[], options: VerifyOptions) => {
      const wire = keyedWires.find((each) => each === options.wire);
      if (wire === undefined)
        throw usageError(
          `verify: --wire ${options.wire} is not a wire`,
          `Expected ${keyedWires.join(" or ")}.`,
        );
      const report = verifyFiles(paths, { wire, keysDir: options.keys });
      if (options.json) console.log(JSON.stringify(report, null, 2));
      else print(report);
      // A pre-command is recognised, and nothing can authenticate it: that alone is no failure.
      process.exitCode = report.refused > report.preCommands ? Exit.testFailed : Exit.ok;
    });
}

function print(report: VerifyReport): void {
  for (const message of report.messages) console.log(line(message));
  for (const key of report.unusableKeys) console.log(pc.yellow(`key left out: ${key}`));
  const refused = report.refused - report.preCommands;
  const wrong = refused > 0 ? pc.red(`${refused} refused`) : "0 refused";
  const recognised = `${report.preCommands} pre-commands (recognised; nothing protects them yet)`;
  console.log(`\n${report.total} messages: ${pc.green(`${report.ok} ok`)}, ${wrong}, ${recognised}`);
}

function line(message: VerifiedMessage): string {
  const preCommand = message.kind === "pre-command";
  const mark =
    message.status === "ok" ? pc.green("ok     ") : preCommand ? pc.dim("pre    ") : pc.red("refused");
  const what = `${message.useCase ?? "?"} ${message.kind ?? ""}`.padEnd(28);
  const why = preCommand ? message.note : (message.reason ?? message.note);
  return `${mark} ${what} ${message.file}${why ? `\n        ${why}` : ""}`;
}
