/** What a display of 4 lines of 32 characters says. Pure. */
import type { Texts } from "../settings/feature.ts";
import type { Screen } from "./machine.ts";

export interface Shown {
  readonly screen: Screen;
  readonly entry: string;
  /** The privacy PIN hides what is the consumer's own. */
  readonly hidden: boolean;
  readonly texts: Texts;
  readonly home: readonly string[];
}

const columns = 32;
const rows = 4;
/** Screens that tell who lives here, or what was said to them. */
const personal: readonly Screen[] = ["message", "point"];

export function linesOf(shown: Shown): string[] {
  const { screen, hidden } = shown;
  if (hidden && (screen === "pin" || personal.includes(screen))) return ["Enter PIN", stars(shown.entry)];
  return textOf(shown).flatMap(wrapped).slice(0, rows);
}

function textOf({ screen, entry, texts, home }: Shown): readonly string[] {
  switch (screen) {
    case "home":
      return home;
    case "message":
      return [texts.message || "No message"];
    case "supplier":
      return [texts.supplierName || "No supplier", texts.supplierTelephone];
    case "point":
      return [
        "Metering point",
        texts.importMpan || "not set",
        texts.exportMpan && `Export ${texts.exportMpan}`,
      ];
    case "cin":
      return texts.cin === "" ? ["No CIN"] : ["Customer identification number", texts.cin];
    case "pin":
      return ["New PIN (none: no PIN)", stars(entry)];
  }
}

const stars = (entry: string): string => "*".repeat(entry.length);

/** Whoever wrote it: only what a display can show. */
function wrapped(text: string): string[] {
  const shown = text.replace(/[^ -~]/g, "?");
  const lines: string[] = [];
  for (let at = 0; at < shown.length; at += columns) lines.push(shown.slice(at, at + columns));
  return lines.length === 0 ? [""] : lines;
}
