/** The MAC side of joining at the hub: beacons, association, and answers that wait for their device's poll. */
import type { Eui64 } from "../../wire/message.ts";
import { encodeBeacon } from "../frames/beacon.ts";
import { Association, decodeMacCommand, encodeMacCommand, type MacFrame, MacType } from "../frames/mac.ts";
import type { Link } from "../stack/link.ts";
import { type AssociationAnswer, AssociationAnswers } from "./association-answers.ts";

const HUB_ADDRESS = 0x0000;
const NO_ADDRESS = 0xffff;

export interface AdmissionDuties {
  windowOpen(): boolean;
  onAssociation(eui64: Eui64): Promise<void>;
  /** A positive answer was sent. */
  onAssociated(eui64: Eui64): Promise<void>;
  nowMs(): number;
}

export class Admission {
  readonly #link: Link;
  readonly #duties: AdmissionDuties;
  readonly #answers: AssociationAnswers;

  constructor(link: Link, duties: AdmissionDuties) {
    this.#link = link;
    this.#duties = duties;
    this.#answers = new AssociationAnswers(duties.nowMs);
  }

  /** Keeps an answer until its device, which is listed, asks for it. */
  answer(eui64: Eui64, answer: AssociationAnswer): void {
    this.#answers.put(eui64, answer);
  }

  /** Turns a stranger down. False: it has been told already, or there are too many. */
  refuse(eui64: Eui64, status: number): boolean {
    return this.#answers.putStranger(eui64, { shortAddress: NO_ADDRESS, status });
  }

  /** Takes a beacon or MAC command. Throws `han/malformed`. */
  async take(frame: MacFrame): Promise<void> {
    if (frame.type !== MacType.command) return;
    const { command } = decodeMacCommand(frame.payload);
    if (command === "beacon-request") return await this.#sendBeacon();
    if (typeof frame.source !== "string") return;
    if (command === "association-request") return await this.#duties.onAssociation(frame.source);
    if (command === "data-request") return await this.#onPoll(frame.source);
  }

  async #sendBeacon(): Promise<void> {
    const { panId, extendedPanId } = this.#link.network!;
    const permitJoining = this.#duties.windowOpen();
    await this.#link.sendMac({
      type: MacType.beacon,
      ackRequest: false,
      destination: undefined,
      sourcePan: panId,
      source: HUB_ADDRESS,
      payload: encodeBeacon({ permitJoining, extendedPanId, depth: 0, updateId: 0 }),
    });
  }

  async #onPoll(eui64: Eui64): Promise<void> {
    const answer = this.#answers.take(eui64);
    if (answer === undefined) return;
    const { panId } = this.#link.network!;
    const frame = {
      type: MacType.command,
      ackRequest: true,
      destinationPan: panId,
      destination: eui64,
      sourcePan: panId,
      source: this.#link.eui64,
      payload: encodeMacCommand({ command: "association-response", ...answer }),
    };
    await this.#link.sendMac(frame, async (outcome) => {
      // Without an acknowledgement it may have arrived all the same: the key follows, and it may poll again.
      if (outcome !== "sent") this.#answers.put(eui64, answer);
      if (answer.status === Association.success) await this.#duties.onAssociated(eui64);
    });
  }
}
