/** `meterbench transform`: service requests in DUIS's XML to pre-commands or command contents. */
import type { Command } from "commander";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { toHex } from "../../../hal/base/hex.ts";
import { type Directory, transformXml } from "../../interface/index.ts";
import { plainJson, plainLine } from "../../text.ts";
import { Exit, reportErrorOf } from "../exit.ts";
import {
  addInventory,
  inventoryOf,
  type RequestOptions,
  readRequestFile,
  timeOf,
} from "../request-options.ts";

interface Options extends RequestOptions {
  readonly json?: boolean;
}

const examples = `
A critical request (command variant 4) gives its pre-command; another the
payload of its command.

Examples:
  meterbench transform request.xml
  meterbench transform *.xml --counter 1300 --device 00DB12345678ABCD=ESME:twin
`;

export function transformCommand(root: Command): Command {
  const command = root
    .command("transform")
    .argument("<request...>", "service requests, XML files")
    .option("--at <time>", "when it is done: ISO 8601 (default: now)", timeOf)
    .option("--json", "one JSON document on standard output");
  return addInventory(command)
    .description("service requests (XML) to pre-commands, as hex")
    .addHelpText("after", examples)
    .action((files: string[], options: Options) => {
      const { inventory } = inventoryOf(options);
      const nowS = options.at ?? Math.floor(Date.now() / 1000);
      const results = files.map((file) => transformFile(file, inventory, nowS));
      if (options.json)
        console.log(
          plainJson(
            results.map(({ cause: _, ...told }) => told),
            undefined,
            2,
          ),
        );
      else for (const result of results) print(result);
      if (results.some(({ cause }) => cause !== undefined)) process.exitCode = Exit.usage;
    });
}

interface Result {
  readonly file: string;
  readonly reference?: string;
  readonly useCase?: string;
  readonly kind?: string;
  readonly hex?: string;
  /** The DCC keeps the request until then. */
  readonly heldUntil?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly cause?: CodedError;
}

function transformFile(file: string, inventory: Directory, nowS: number): Result {
  try {
    const { reference, useCase, kind, bytes, request } = transformXml(readRequestFile(file), inventory);
    const { heldUntilS } = request;
    const waits = heldUntilS !== undefined && heldUntilS > nowS;
    const heldUntil = waits ? { heldUntil: new Date(heldUntilS * 1000).toISOString() } : {};
    return { file, reference, useCase, kind, hex: toHex(bytes), ...heldUntil };
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    return { file, error: { code: cause.code, message: cause.message }, cause };
  }
}

function print({ file, reference, useCase, kind, hex, heldUntil, cause }: Result): void {
  if (cause !== undefined) {
    reportErrorOf(plainLine(file), cause);
    return;
  }
  const waits = heldUntil === undefined ? "" : `, which the DCC keeps until ${heldUntil}`;
  console.log(`${plainLine(file)}: ${reference} becomes ${useCase} (${kind})${waits}\n${hex}`);
}
