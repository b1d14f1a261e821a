/** A decoded message as text for a terminal: one line a field, offset first, wrapped at the width. */
import { plainLine } from "../text.ts";
import type { DecodedField, DecodedNode } from "./node.ts";

const NAME_COLUMN = 24;

/** Lines of at most `width` (at least 40) columns, plain text. Control characters are escaped. */
export function renderDecoded(node: DecodedNode, width = 80): string {
  return `${lines(node, 0, Math.max(40, width)).join("\n")}\n`;
}

function lines(node: DecodedNode, depth: number, width: number): string[] {
  const indent = "  ".repeat(Math.min(depth, 8));
  const title = wrap(`${indent}${plainLine(node.format)} (${node.bytes} bytes)`, `${indent}  `, width);
  const note =
    node.note === undefined ? [] : wrap(`${indent}  note: ${plainLine(node.note)}`, `${indent}  `, width);
  return [
    ...title,
    ...note,
    ...node.fields.flatMap((field) => fieldLines(field, indent, width)),
    ...node.children.flatMap((child) => lines(child, depth + 1, width)),
  ];
}

function fieldLines(field: DecodedField, indent: string, width: number): string[] {
  const offset = field.offset === undefined ? "    " : field.offset.toString(16).padStart(4, "0");
  const head = `${indent}  ${offset}  ${plainLine(field.name).padEnd(NAME_COLUMN)} `;
  const hanging = " ".repeat(Math.min(indent.length + 8 + NAME_COLUMN + 1, Math.floor(width / 2)));
  const note = field.note === undefined ? "" : `  (${plainLine(field.note)})`;
  return wrap(`${head}${plainLine(field.value)}${note}`, hanging, width);
}

/** Breaks at a space when there is one in the last part of the line, anywhere else. */
function wrap(text: string, hanging: string, width: number): string[] {
  const out: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const cut = space > Math.max(hanging.length, width - 24) ? space : width;
    out.push(rest.slice(0, cut).trimEnd());
    rest = hanging + rest.slice(cut).trimStart();
  }
  return [...out, rest.trimEnd()];
}
