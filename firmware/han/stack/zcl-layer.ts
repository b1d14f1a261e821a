/** The Smart Energy clusters a device speaks, over APS: each with the protection it must have. */
import type { Cancel, Listener } from "../../../hal/board.ts";
import type { EstablishmentCommand, KeyEstablishment } from "../../wire/suite.ts";
import { decodeTunnel, encodeTunnel, type TunnelCommand } from "../frames/tunneling.ts";
import * as zcl from "../frames/zcl.ts";
import type { ApsMessage } from "./aps-layer.ts";
import type { ApsOutcome, ApsRequest } from "./aps-sender.ts";
import type { Peer } from "./peer.ts";

export interface ZclDuties {
  send(peer: Peer, request: ApsRequest, done: Listener<ApsOutcome>): Promise<void>;
  after(delayMs: number, action: () => Promise<void>): Cancel;
  /** UTC seconds, for the Time cluster's server. */
  nowS(): number | undefined;
  /** `sequence`: an answer carries it again. */
  onTunnel(peer: Peer, command: TunnelCommand, sequence: number): Promise<void>;
  onEstablishment(peer: Peer, command: EstablishmentCommand): Promise<void>;
}

const TIME_ANSWER_MS = 8000;
const TIME_QUESTIONS = 4;

interface Question {
  readonly sequence: number;
  readonly done: Listener<number | undefined>;
  readonly giveUp: Cancel;
}

export class ZclLayer {
  readonly #duties: ZclDuties;
  readonly #establishment: KeyEstablishment;
  readonly #isHub: boolean;
  #questions: Question[] = [];
  #sequence = 0;

  /** The hub is client of tunnels and server of time and key establishment; the others are the reverse. */
  constructor(duties: ZclDuties, establishment: KeyEstablishment, isHub: boolean) {
    this.#duties = duties;
    this.#establishment = establishment;
    this.#isHub = isHub;
  }

  /** `answers`: the sequence number of the request this answers. */
  async sendTunnel(
    peer: Peer,
    command: TunnelCommand,
    done: Listener<ApsOutcome> = ignore,
    answers?: number,
  ): Promise<void> {
    const fromServer = !this.#isHub;
    const { id, payload } = encodeTunnel(command, fromServer);
    const frame = { specific: true, fromServer, command: id, payload };
    const sequence = answers === undefined ? {} : { sequence: answers };
    await this.#send(peer, zcl.Cluster.tunneling, { ...frame, ...sequence }, done);
  }

  async sendEstablishment(
    peer: Peer,
    { id, payload }: EstablishmentCommand,
    done: Listener<ApsOutcome> = ignore,
  ): Promise<void> {
    const { cluster, manufacturer } = this.#establishment;
    const frame = { specific: true, fromServer: this.#isHub, command: id, payload };
    await this.#send(peer, cluster, manufacturer === undefined ? frame : { ...frame, manufacturer }, done);
  }

  /** Asks the hub for its time; `done` runs once. */
  async readTime(hub: Peer, done: Listener<number | undefined>): Promise<void> {
    if (this.#questions.length >= TIME_QUESTIONS) return await done(undefined);
    const sequence = this.#sequence & 0xff;
    const giveUp = this.#duties.after(TIME_ANSWER_MS, () => this.#answer(sequence, undefined));
    this.#questions.push({ sequence, done, giveUp });
    const command = zcl.GeneralCommand.readAttributes;
    const payload = zcl.encodeReadAttributes([zcl.TIME_ATTRIBUTE]);
    const frame = { specific: false, fromServer: false, command, payload };
    await this.#send(hub, zcl.Cluster.time, frame, async (outcome) => {
      if (outcome !== "delivered") await this.#answer(sequence, undefined);
    });
  }

  /** Takes one message for a Smart Energy endpoint. Throws `han/malformed`. */
  async receive(peer: Peer, { address, payload, secured }: ApsMessage): Promise<void> {
    if (address.profile !== zcl.SE_PROFILE || address.destinationEndpoint !== zcl.SE_ENDPOINT) return;
    const frame = zcl.decodeZcl(payload);
    if (address.cluster === this.#establishment.cluster) return await this.#establish(peer, frame);
    // Smart Energy 5.4.6: everything else runs under the link key.
    if (!secured) return;
    if (address.cluster === zcl.Cluster.tunneling) return await this.#tunnel(peer, frame);
    if (address.cluster === zcl.Cluster.time) await this.#time(peer, frame);
  }

  async #establish(peer: Peer, frame: zcl.ZclFrame): Promise<void> {
    const { manufacturer, begins } = this.#establishment;
    if (!frame.specific || frame.manufacturer !== manufacturer || frame.fromServer === this.#isHub) return;
    const command = { id: frame.command, payload: frame.payload };
    // Only a device begins.
    if (this.#isHub || !begins(command)) await this.#duties.onEstablishment(peer, command);
  }

  async #tunnel(peer: Peer, frame: zcl.ZclFrame): Promise<void> {
    if (!frame.specific || frame.manufacturer !== undefined || frame.fromServer !== this.#isHub) return;
    const command = decodeTunnel(frame.command, frame.fromServer, frame.payload);
    await this.#duties.onTunnel(peer, command, frame.sequence);
  }

  async #time(peer: Peer, frame: zcl.ZclFrame): Promise<void> {
    if (frame.specific || frame.manufacturer !== undefined) return;
    if (this.#isHub && frame.command === zcl.GeneralCommand.readAttributes) await this.#tellTime(peer, frame);
    else if (!this.#isHub && frame.command === zcl.GeneralCommand.readAttributesResponse) {
      await this.#answer(frame.sequence, zcl.decodeTimeResponse(frame.payload));
    }
  }

  async #tellTime(peer: Peer, { sequence, payload }: zcl.ZclFrame): Promise<void> {
    const answer = zcl.encodeTimeResponse(zcl.decodeReadAttributes(payload), this.#duties.nowS());
    const command = zcl.GeneralCommand.readAttributesResponse;
    const frame = { specific: false, fromServer: true, command, payload: answer, sequence };
    await this.#send(peer, zcl.Cluster.time, frame, ignore);
  }

  async #answer(sequence: number, utcS: number | undefined): Promise<void> {
    const question = this.#questions.find((asked) => asked.sequence === sequence);
    if (question === undefined) return;
    this.#questions = this.#questions.filter((asked) => asked !== question);
    question.giveUp();
    await question.done(utcS);
  }

  async #send(
    peer: Peer,
    cluster: number,
    frame: Omit<zcl.ZclFrame, "sequence" | "disableDefaultResponse"> & { readonly sequence?: number },
    done: Listener<ApsOutcome>,
  ): Promise<void> {
    const sequence = frame.sequence ?? this.#sequence++ & 0xff;
    const payload = zcl.encodeZcl({ ...frame, sequence, disableDefaultResponse: true });
    const address = {
      destinationEndpoint: zcl.SE_ENDPOINT,
      cluster,
      profile: zcl.SE_PROFILE,
      sourceEndpoint: zcl.SE_ENDPOINT,
    };
    await this.#duties.send(
      peer,
      { address, payload, secured: cluster !== this.#establishment.cluster },
      done,
    );
  }
}

function ignore(): void {}
