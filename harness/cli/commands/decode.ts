/** `meterbench decode`: explains any message or frame. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { type DecodeOptions, decode, decodeContent, inputBytes, renderDecoded } from "../../decode/index.ts";
import { loadX509Keys, openHidden } from "../../verify/index.ts";
import { replaceBytes } from "../exit.ts";

interface Options {
  readonly json?: boolean;
  readonly command?: string;
  readonly keys?: string;
}

const examples = `
Examples:
  meterbench decode DF090100000000000003E90890B3D51F30010000...
  meterbench decode response.hex --command command.hex --keys keystore/
`;

export function decodeCommand(root: Command): Command {
  return root
    .command("decode")
    .argument("<input>", "hexadecimal text, or a file of it or of bytes, or - for standard input")
    .option("--command <input>", "of a GBCS response: the command that it answers")
    .option("--keys <dir>", "of a GBCS message: the keys that open what it hides, named EUI64-ka.pem ...")
    .option("--json", "one JSON document on standard output")
    .description("explain any message or frame: COSE, GBCS, SMP, MCUboot image, Zigbee")
    .addHelpText("after", examples)
    .action((input: string, options: Options) => {
      const more = helpFor(options);
      const decoded = input === "-" ? decodeContent(readFileSync(0), more) : decode(input, more);
      if (options.json) console.log(JSON.stringify(decoded, replaceBytes, 2));
      else console.log(renderDecoded(decoded, process.stdout.columns || 80));
    });
}

function helpFor({ command, keys }: Options): DecodeOptions {
  const held = keys === undefined ? undefined : loadX509Keys(keys);
  return {
    ...(command !== undefined && { command: inputBytes(command).bytes }),
    ...(held && { open: (envelope, sealed) => openHidden(held, nodeCrypto(), envelope, sealed) }),
  };
}
