/**
 * MAC and network layer of one device: sends and receives frames one hop, secured with the network key.
 * What it hands up is authentic, fresh and from a known peer, but for the few frames joining needs in the clear.
 */
import { hasCode } from "../../../hal/base/coded-error.ts";
import { euiText } from "../../../hal/base/eui64.ts";
import type { Listener, Radio, RadioFrame, TransmitOutcome } from "../../../hal/board.ts";
import type { Eui64 } from "../../wire/message.ts";
import { BROADCAST, decodeMac, encodeMac, type MacFrame, MacType } from "../frames/mac.ts";
import { decodeNwk, encodeNwkHeader, type NwkFrame, type NwkHeader } from "../frames/nwk.ts";
import { KeyId, open, secure } from "../frames/security.ts";
import type { HanOptions, HanReason } from "../options.ts";
import { OutgoingCounter } from "./counters.ts";
import type { Peer } from "./peer.ts";
import { TransmitQueue } from "./transmit-queue.ts";

/** The network a device is in. */
export interface Network {
  readonly channel: number;
  readonly panId: number;
  readonly extendedPanId: Eui64;
  readonly shortAddress: number;
  readonly key: Uint8Array;
  readonly keySequence: number;
}

export interface LinkHandlers {
  /** Beacons and MAC commands; nothing about them is authentic. */
  onMac(frame: MacFrame, radio: RadioFrame): Promise<void>;
  /** An unsecured NWK data frame: only a transport-key command may come so. */
  onUnsecured(frame: NwkFrame, mac: MacFrame): Promise<void>;
  /** An authentic and fresh frame of a known peer. */
  onNwk(peer: Peer, header: NwkHeader, payload: Uint8Array): Promise<void>;
  /** An authentic frame of a device that is no peer. */
  onStranger(eui64: Eui64, header: NwkHeader, payload: Uint8Array): Promise<void>;
  peerOf(eui64: Eui64): Peer | undefined;
  refused(reason: HanReason, eui64: Eui64): Promise<void>;
}

export interface NwkRequest {
  readonly type: NwkHeader["type"];
  readonly destination: number;
  readonly destinationEui?: Eui64;
  readonly payload: Uint8Array;
  /** False only for a transport-key command to a device without the network key. */
  readonly secured?: boolean;
}

const RADIUS = 1;

export class Link {
  readonly eui64: Eui64;
  network: Network | undefined;
  readonly #radio: Radio;
  readonly #queue: TransmitQueue;
  readonly #options: HanOptions;
  readonly #handlers: LinkHandlers;
  readonly #counter: OutgoingCounter;
  #macSequence: number;
  #nwkSequence: number;

  /** `seed`: two random bytes, where the sequence numbers start. */
  constructor(options: HanOptions, radio: Radio, handlers: LinkHandlers, seed: Uint8Array) {
    this.#options = options;
    this.#radio = radio;
    this.#queue = new TransmitQueue(options, radio);
    this.#handlers = handlers;
    this.eui64 = euiText(radio.eui64);
    this.#counter = new OutgoingCounter(options.journal, "han/out/nwk");
    this.#macSequence = seed[0]!;
    this.#nwkSequence = seed[1]!;
  }

  async tune(channel: number, panId: number, shortAddress: number): Promise<void> {
    await this.#radio.configure({ channel, panId, shortAddress, rxOnWhenIdle: true });
  }

  /** Takes the radio to the network it is in. */
  async enter(network: Network): Promise<void> {
    this.network = network;
    await this.tune(network.channel, network.panId, network.shortAddress);
  }

  async sendMac(
    frame: Omit<MacFrame, "sequence" | "framePending">,
    done: Listener<TransmitOutcome> = ignore,
  ): Promise<void> {
    const sequence = this.#macSequence++ & 0xff;
    await this.#queue.send(encodeMac({ ...frame, sequence, framePending: false }), done);
  }

  /** Sends one NWK frame over one hop. A device outside any network sends nothing and reports "no-ack". */
  async sendNwk(request: NwkRequest, done: Listener<TransmitOutcome> = ignore): Promise<void> {
    const network = this.network;
    if (network === undefined) return await done("no-ack");
    const payload = await this.#nwkBytes(network, request);
    const broadcast = request.destination >= 0xfff8;
    await this.sendMac(
      {
        type: MacType.data,
        ackRequest: !broadcast,
        destinationPan: network.panId,
        destination: broadcast ? BROADCAST : request.destination,
        sourcePan: network.panId,
        source: network.shortAddress,
        payload,
      },
      done,
    );
  }

  async #nwkBytes(network: Network, request: NwkRequest): Promise<Uint8Array> {
    const secured = request.secured ?? true;
    const command = request.type === "command";
    const header = encodeNwkHeader({
      type: request.type,
      destination: request.destination,
      source: network.shortAddress,
      radius: RADIUS,
      sequence: this.#nwkSequence++ & 0xff,
      ...(request.destinationEui === undefined ? {} : { destinationEui: request.destinationEui }),
      ...(command ? { sourceEui: this.eui64 } : {}),
      secured,
    });
    if (!secured) return Uint8Array.of(...header, ...request.payload);
    const frameCounter = await this.#counter.take();
    const { key, keySequence } = network;
    const security = { keyId: KeyId.network, frameCounter, source: this.eui64, keySequence };
    return secure(this.#options.board.crypto, key, this.eui64, header, security, request.payload);
  }

  /** One frame from the radio. Never throws for what it contains. */
  async receive(frame: RadioFrame): Promise<void> {
    try {
      const mac = decodeMac(frame.mpdu);
      if (mac.type === MacType.data) await this.#receiveNwk(mac, frame);
      else await this.#handlers.onMac(mac, frame);
    } catch (error) {
      // A malformed frame is dropped: anyone can send one, so it is worth no event of its own.
      if (!hasCode(error, "han/malformed") && !hasCode(error, "wire/malformed")) throw error;
    }
  }

  async #receiveNwk(mac: MacFrame, radio: RadioFrame): Promise<void> {
    const frame = decodeNwk(mac.payload);
    if (frame.security === undefined) return await this.#handlers.onUnsecured(frame, mac);
    const { source, frameCounter, keyId, keySequence } = frame.security;
    const network = this.network;
    if (network === undefined || source === undefined || keyId !== KeyId.network || source === this.eui64)
      return;
    if (keySequence !== network.keySequence) return;
    const { crypto } = this.#options.board;
    const payload = open(crypto, network.key, source, frame.headerBytes, frame.security, frame.payload);
    if (payload === undefined) return await this.#handlers.refused("frame-not-authentic", source);
    const peer = this.#handlers.peerOf(source);
    if (peer === undefined) return await this.#handlers.onStranger(source, frame.header, payload);
    const freshness = peer.nwkIn.judge(frameCounter, this.#options.board.clock.uptimeMs());
    if (freshness === "replayed") await this.#handlers.refused("replayed-frame-counter", source);
    if (freshness !== "fresh") return;
    peer.stats.heard(radio, this.#options.nowS());
    await this.#handlers.onNwk(peer, frame.header, payload);
  }
}

function ignore(): void {}
