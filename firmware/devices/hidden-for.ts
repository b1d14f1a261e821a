/** Whom the hidden values of an answer are for: the originator, or the party for which it speaks. */

import { hasCode } from "../../hal/base/coded-error.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import type { Crypto, MaybePromise } from "../../hal/board.ts";
import type { Accepted } from "../security/check.ts";
import type { Supplementary } from "../wire/message.ts";
import type { HiddenValues, Suite } from "../wire/suite.ts";
import type { DeviceState } from "./device-state.ts";
import type { DeviceTime } from "./device-time.ts";

export interface Reader {
  /** Undefined when the device holds no key of who should read. */
  readonly hidden?: HiddenValues | undefined;
  /** The supplementary party as the answer names it. */
  readonly supplementary?: Supplementary | undefined;
}

interface ReaderParts {
  readonly state: Pick<DeviceState, "identity" | "keys" | "anchors">;
  readonly suite: Suite;
  readonly crypto: Crypto;
  readonly time: Pick<DeviceTime, "isSet" | "nowS">;
  takeCounter(): Promise<bigint>;
}

export class Readers {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  of({ command, rule, party }: Accepted): MaybePromise<Reader> {
    const asked = command.header.supplementary;
    if (asked === undefined) return { hidden: party.hidden };
    const { certificate, ...supplementary } = asked;
    const { suite, state } = this.#parts;
    if (!rule.useCase.sensitive || suite.hiddenFor === "originator")
      return { hidden: party.hidden, supplementary };
    const known = state.anchors.party(supplementary.party)?.hidden;
    if (known !== undefined || certificate === undefined) return { hidden: known, supplementary };
    return this.#unknown(supplementary, certificate);
  }

  /** Its values stand under a counter of this device's, as the ACB's says nothing to that party. */
  async #unknown(supplementary: Supplementary, certificate: Uint8Array): Promise<Reader> {
    const publicKey = this.#keyIn(certificate, supplementary);
    if (publicKey === undefined) return { supplementary };
    const { suite, crypto, state, takeCounter } = this.#parts;
    const pair = { originator: euiBytes(state.identity.eui64), target: euiBytes(supplementary.party) };
    const hidden = suite.hiddenValues(crypto, state.keys.agreement, publicKey, pair);
    if (hidden === undefined) return { supplementary };
    return { hidden, supplementary: { ...supplementary, deviceCounter: await takeCounter() } };
  }

  /**
   * The key of a certificate that is the party's, for agreement. The ACB vouches for it with the command's MAC; the
   * chain is proved as well where this device holds the issuer's certificate.
   */
  #keyIn(bytes: Uint8Array, { party }: Supplementary): Uint8Array | undefined {
    const { certificates, keyUsable } = this.#parts.suite;
    try {
      const { subject, usage, role, publicKey } = certificates.read(bytes);
      if (subject !== party || usage !== "agree" || role === "device") return undefined;
      this.#prove(bytes);
      return keyUsable(this.#parts.crypto, usage, publicKey) ? publicKey : undefined;
    } catch (error) {
      if (hasCode(error, "certificate") || hasCode(error, "wire")) return undefined;
      throw error;
    }
  }

  /** Throws `certificate/…` for one that the device can judge, and that is not right. */
  #prove(certificate: Uint8Array): void {
    const { suite, state, crypto, time } = this.#parts;
    const root = state.anchors.cell({ role: "root", usage: "certify", cellUsage: "management" });
    if (root === undefined) return;
    const nowS = time.isSet ? time.nowS() : undefined;
    try {
      suite.certificates.verifyChain(certificate, state.identity.certificatePath, root, nowS, crypto);
    } catch (error) {
      if (!hasCode(error, "certificate/wrong-issuer")) throw error;
    }
  }
}
