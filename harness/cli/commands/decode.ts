/** `meterbench decode`: explains any message or frame. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { decode, decodeContent, renderDecoded } from "../../decode/index.ts";
import { replaceBytes } from "../exit.ts";

export function decodeCommand(root: Command): Command {
  return root
    .command("decode")
    .argument("<input>", "hexadecimal text, or a file of it or of bytes, or - for standard input")
    .option("--json", "one JSON document on standard output")
    .description("explain any message or frame: COSE, GBCS, SMP, MCUboot image, Zigbee")
    .addHelpText("after", "\nExample:\n  meterbench decode DF090100000000000003E90890B3D51F30010000...\n")
    .action((input: string, options: { json?: boolean }) => {
      const decoded = input === "-" ? decodeContent(readFileSync(0)) : decode(input);
      if (options.json) console.log(JSON.stringify(decoded, replaceBytes, 2));
      else console.log(renderDecoded(decoded, process.stdout.columns || 80));
    });
}
