/** `meterbench decode`: explains any message or frame. */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { decode, renderDecoded } from "../../decode/index.ts";
import { replaceBytes, usageError } from "../exit.ts";

/** Longest input that is explained: a firmware image is the largest thing anybody hands over. */
const maxInputBytes = 16 * 1024 * 1024;

export function decodeCommand(root: Command): Command {
  return root
    .command("decode")
    .argument("<input>", "hexadecimal text, or a file of it or of bytes, or - for standard input")
    .option("--json", "one JSON document on standard output")
    .description("explain any message or frame: COSE, GBCS, SMP, MCUboot image, Zigbee")
    .addHelpText("after", "\nExample:\n  meterbench decode DF090100000000000003E90890B3D51F30010000...\n")
    .action((input: string, options: { json?: boolean }) => {
      const decoded = decode(readInput(input));
      if (options.json) console.log(JSON.stringify(decoded, replaceBytes, 2));
      else console.log(renderDecoded(decoded, process.stdout.columns || 80));
    });
}

function readInput(input: string): Uint8Array {
  if (input === "-") return bytesOf(readFileSync(0), "standard input");
  if (existsSync(input)) return bytesOf(readFileSync(input), input);
  if (/^[\s0-9a-fA-F]+$/.test(input)) return bytesOf(Buffer.from(input), "the argument");
  throw usageError(
    `decode: "${input.slice(0, 60)}" is neither a file nor hexadecimal text`,
    "Give a file's path, or the bytes as pairs of hexadecimal digits.",
  );
}

/** Hexadecimal text is turned into its bytes; anything else is taken as it is. */
function bytesOf(raw: Buffer, where: string): Uint8Array {
  if (raw.length > maxInputBytes)
    throw usageError(`decode: ${where} has ${raw.length} bytes`, `Expected at most ${maxInputBytes}.`);
  const text = raw.toString("latin1").replace(/\s/g, "");
  if (text.length === 0 || !/^[0-9a-fA-F]+$/.test(text)) return Uint8Array.from(raw);
  if (text.length % 2 === 1)
    throw usageError(
      `decode: ${where} has ${text.length} hexadecimal digits`,
      "Expected an even number: two a byte.",
    );
  return Uint8Array.from(Buffer.from(text, "hex"));
}
