/** Runs one suite over every provider; a provider that is not installed is a visible skip. */
import type { Crypto } from "../../../hal/board.ts";
import { cryptoByName } from "../../../hal/crypto/index.ts";

export const providerNames = ["noble", "node", "sodium"] as const;

export function forEachProvider(suite: (crypto: Crypto) => void): void {
  for (const name of providerNames) {
    const crypto = cryptoByName(name);
    describe(`by ${name}`, () => {
      if (crypto === undefined)
        it("is installed", function () {
          console.warn(`      skipped: ${name} is not installed on this machine`);
          this.skip();
        });
      else suite(crypto);
    });
  }
}

/** A Wycheproof file: groups of tests, each test merged with its group's fields. */
export interface WycheproofFile<G, T> {
  readonly testGroups: readonly (G & { readonly tests: readonly (T & WycheproofTest)[] })[];
}

export interface WycheproofTest {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "acceptable" | "invalid";
}
