/** What a board under test sent, beside what the model says it should have sent. */
import { sameBytes } from "../../../hal/base/bytes.ts";
import { type DecodedNode, decode, renderDecoded } from "../../decode/index.ts";

/**
 * `identical`: the same bytes. `same`: equal but for what chance or the device's own state decides (signature, MAC,
 * nonce, time; with `stateDecides` also numbers and ciphertext lengths). `differs`: all else.
 */
export interface MessageComparison {
  readonly verdict: "identical" | "same" | "differs";
  readonly differences: readonly {
    readonly field: string;
    readonly expected: string;
    readonly got: string;
  }[];
}

/** Proofs and nonces differ with the content; the time is each clock's own. */
const ownFields = new Set(["signature", "MAC", "IV", "ciphertext", "time", "content", "protection"]);

export function compareMessages(
  expected: Uint8Array,
  got: Uint8Array,
  stateDecides = false,
): MessageComparison {
  if (sameBytes(expected, got)) return { verdict: "identical", differences: [] };
  const [model, board] = [fieldsOf(expected, stateDecides), fieldsOf(got, stateDecides)];
  const differences = [...new Set([...model.keys(), ...board.keys()])].flatMap((field) => {
    const [want, have] = [model.get(field) ?? "(not there)", board.get(field) ?? "(not there)"];
    return want === have ? [] : [{ field, expected: want, got: have }];
  });
  return { verdict: differences.length === 0 ? "same" : "differs", differences };
}

/** Both messages decoded, the fields that differ first: for a person who has to find out why. */
export function explainDifference(
  expected: Uint8Array,
  got: Uint8Array | undefined,
  { differences }: MessageComparison,
): string {
  const list = differences.map(
    ({ field, expected: want, got: have }) => `  ${field}: model ${want}, board ${have}`,
  );
  const board = got === undefined ? "nothing\n" : text(got);
  return `${list.join("\n")}\nthe model answers\n${text(expected)}\nthe board answered\n${board}`;
}

const text = (message: Uint8Array): string => {
  const node = tree(message);
  return typeof node === "string" ? `${node}\n` : renderDecoded(node, 100);
};

function tree(message: Uint8Array): DecodedNode | string {
  try {
    return decode(message);
  } catch (error) {
    return `${message.length} bytes that are no known message: ${(error as Error).message.split("\n")[0]}`;
  }
}

function fieldsOf(message: Uint8Array, stateDecides: boolean): Map<string, string> {
  const fields = new Map<string, string>();
  const node = tree(message);
  // A response repeats its command's counter; an alert has the device's own.
  const isAlert = typeof node !== "string" && node.format.includes(" alert ");
  const walk = (node: DecodedNode, path: string): void => {
    for (const { name, value } of node.fields) {
      if (ownFields.has(name) || (isAlert && name === "counter")) continue;
      const kept = stateDecides && !headerFields.has(name) ? shapeOf(name, value) : value;
      let key = `${path}${name}`;
      while (fields.has(key)) key += "'";
      fields.set(key, kept);
    }
    node.children.forEach((child, index) => {
      walk(child, `${path}${index > 0 ? `${index}/` : ""}`);
    });
  };
  if (typeof node === "string") fields.set("message", node);
  else {
    fields.set("format", node.format);
    walk(node, "");
  }
  return fields;
}

const headerFields = new Set([
  "algorithm",
  "key identifier",
  "kind",
  "message code",
  "originator",
  "target",
  "counter",
]);

/** The value with its numbers and sealed bytes gone: what is left is types, statuses and structure. Of a log, its status. */
const shapeOf = (name: string, value: string): string =>
  name.endsWith("Log.buffer")
    ? value.replace(/:.*/s, "")
    : value
        .replace(/[0-9A-F]{16,}…?( \(\d+ bytes\))?/g, "‹bytes›")
        .replace(/\d+/g, "‹n›")
        .replace(/‹n›(, ‹n›)*/g, "‹n›");
