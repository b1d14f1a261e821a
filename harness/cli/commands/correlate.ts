/** `meterbench correlate`: whether a pre-command asks for what a service request does. */
import type { Command } from "commander";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { inputBytes } from "../../decode/index.ts";
import { correlateXml } from "../../interface/index.ts";
import { plainJson } from "../../text.ts";
import { Exit, reportError } from "../exit.ts";
import { addInventory, inventoryOf, type RequestOptions, readRequestFile } from "../request-options.ts";

interface Options extends RequestOptions {
  readonly json?: boolean;
}

const example = "\nExample:\n  meterbench correlate request.xml precommand.hex\n";

export function correlateCommand(root: Command): Command {
  const command = root
    .command("correlate")
    .argument("<request>", "a service request, an XML file")
    .argument("<hex>", "its pre-command: hexadecimal text, or a file of it or of bytes")
    .option("--json", "one JSON document on standard output");
  return addInventory(command)
    .description("whether a pre-command asks for what a request does")
    .addHelpText("after", example)
    .action((file: string, preCommand: string, options: Options) => {
      const { inventory, declared } = inventoryOf(options);
      const result = correlated(readRequestFile(file), inputBytes(preCommand).bytes, inventory, declared);
      if (options.json) {
        const { cause: _, ...told } = result;
        console.log(plainJson(told, undefined, 2));
      } else if (result.cause === undefined)
        console.log(`the pre-command (${result.useCase}) asks for what the request does`);
      else reportError(result.cause, false);
      process.exitCode = result.correlates ? Exit.ok : Exit.testFailed;
    });
}

interface Result {
  readonly correlates: boolean;
  readonly useCase?: string;
  /** Where they part, e.g. "counter" or "parameters.LoadLimitPeriod". */
  readonly field?: unknown;
  readonly message?: string;
  readonly cause?: CodedError;
}

const differences = ["headend/not-correlated", "headend/not-gbcs", "headend/not-cbor"];

function correlated(...args: Parameters<typeof correlateXml>): Result {
  try {
    return { correlates: true, useCase: correlateXml(...args) };
  } catch (cause) {
    if (!(cause instanceof CodedError) || !differences.includes(cause.code)) throw cause;
    return { correlates: false, field: cause.data.field, message: cause.message, cause };
  }
}
