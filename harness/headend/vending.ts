/** Tokens that suppliers have vended, and the counters of the commands that carry them. */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { Crypto } from "../../hal/board.ts";
import type { KnownDevice } from "./known-device.ts";
import type { Party } from "./parties.ts";
import type { Parameters } from "./requests/index.ts";
import { makeUtrn, topUpCounter } from "./utrn.ts";

export class Vending {
  readonly #crypto: Crypto;
  readonly #vended = new Map<string, bigint>();

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  /** A top-up token of `pence` for a device: 20 digits. Throws `headend/token`. */
  vend({ eui: device, agreePublicKey }: KnownDevice, pence: number, party: Party): string {
    const secret = party.keys.prepay.agreement.agree(agreePublicKey);
    if (secret === undefined)
      throw new CodedError("headend/token", `${party.name} and ${device} agree on no key for tokens`, {
        device,
      });
    const counter = party.tokenCounter + 1;
    const utrn = makeUtrn(this.#crypto, { supplier: party.eui, device, secret, counter, pence });
    party.tokenCounter = counter;
    this.#vended.set(utrn, topUpCounter(counter));
    return utrn;
  }

  /** A command that carries a token has the token's counter; one of a token from elsewhere the next. */
  counterOf(reference: string, parameters: unknown, party: Party): bigint {
    if (reference !== "2.2") return party.nextCounter();
    const { UTRN } = parameters as Parameters<"2.2">;
    return this.#vended.get(UTRN) ?? topUpCounter(party.tokenCounter + 1);
  }
}
