/** Which wires a scenario applies to. Said once in a suite; what is inside inherits it. */
import type { WireName } from "../run-context.ts";

interface Declared {
  appliesTo?: readonly WireName[];
  parent?: Declared | undefined;
}

/** Declares it, inside `describe("…", function () { appliesTo(this, ["cose", "gbcs"]); … })`. Default: cose only. */
export function appliesTo(suite: Mocha.Suite, wires: readonly WireName[]): void {
  (suite as unknown as Declared).appliesTo = wires;
}

export function wiresOf(test: Mocha.Test): readonly WireName[] {
  for (let node: Declared | undefined = test as unknown as Declared; node !== undefined; node = node.parent)
    if (node.appliesTo !== undefined) return node.appliesTo;
  return ["cose"];
}
