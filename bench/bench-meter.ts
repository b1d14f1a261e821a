/** An electricity meter on a simulated board, and commands made for it: what the COSE tasks run on. */
import { bootDevice, type RunningDevice } from "../firmware/devices/boot.ts";
import type { HanPort } from "../firmware/han/port.ts";
import type { Observation } from "../firmware/kernel/observation.ts";
import type { Suite } from "../firmware/wire/suite.ts";
import { suites } from "../firmware/wire/suites.ts";
import { fromHex } from "../hal/base/hex.ts";
import type { Crypto } from "../hal/board.ts";
import { nodeCrypto, sodiumCrypto } from "../hal/crypto/index.ts";
import { Scheduler, SeededRandom } from "../hal/mock/index.ts";
import { HeadEnd, type RequestOptions } from "../harness/headend/head-end.ts";
import { TestPki } from "../harness/headend/pki.ts";
import type { Parameters, Reference } from "../harness/headend/requests/index.ts";
import { standardDevice } from "../harness/premises/device-specs.ts";
import { deviceBoard, knownDevice, manufacture } from "../harness/premises/factory.ts";

const { type, eui } = standardDevice("ESME");
const startUtcMs = Date.UTC(2026, 11, 1);

/** No network below: the tasks hand messages to the meter themselves. */
const noHan: HanPort = {
  send: async (_to, _bytes, done) => done("delivered"),
  onMessage: () => () => {},
  readHubTime: async (done) => done(undefined),
};

export interface BenchMeterOptions {
  readonly suite?: Suite;
  readonly observe?: (observation: Observation) => void;
}

export class BenchMeter {
  readonly crypto: Crypto;
  readonly meter: RunningDevice;
  readonly headEnd: HeadEnd;

  /** A provisioned, running meter whose firmware computes with `crypto`. */
  static async build(
    crypto: Crypto,
    { suite = suites.cose, observe }: BenchMeterOptions = {},
  ): Promise<BenchMeter> {
    const random = new SeededRandom(1);
    // The other side may use the fastest library there is: its work is not what is measured.
    const theirs = (suite === suites.cose ? sodiumCrypto() : undefined) ?? nodeCrypto();
    const pki = new TestPki({
      suite,
      crypto: theirs,
      random: random.fork("pki"),
      notBeforeS: startUtcMs / 1000 - 86_400,
    });
    const board = deviceBoard({
      ...{ type, eui, random, startUtcMs, crypto },
      scheduler: new Scheduler(),
      id: "bench",
    });
    board.powerOn();
    const keys = pki.deviceKeys(eui);
    const printedCode = fromHex("83FED3407A939723A5C639B26916D505C3B5");
    await manufacture(board, { type, eui, keys, printedCode, pki, suite });
    const link = { han: noHan, hub: standardDevice("CHF").eui };
    const meter = await bootDevice(type, board, { suite, link, ...(observe && { observe }) });
    const headEnd = new HeadEnd({
      crypto: theirs,
      suite,
      pki,
      deliver: (_bytes, done) => done("delivered"),
      after: () => () => {},
      observe: () => {},
    });
    headEnd.register(knownDevice(type, eui, keys));
    return new BenchMeter(crypto, meter, headEnd);
  }

  private constructor(crypto: Crypto, meter: RunningDevice, headEnd: HeadEnd) {
    this.crypto = crypto;
    this.meter = meter;
    this.headEnd = headEnd;
  }

  get supplierPublicKey(): Uint8Array {
    return this.headEnd.parties.supplier.keys.sign.signer.publicKey;
  }

  /** A sealed command with the next counter of its sender. */
  command = <R extends Reference>(
    reference: R,
    parameters: Parameters<R> = {} as Parameters<R>,
    options: Partial<RequestOptions> = {},
  ): Uint8Array => {
    const full = { to: eui, unchecked: true, ...options };
    return this.headEnd.sealing.protect(this.headEnd.prepare(reference, parameters, full));
  };

  /** Hands one message to the meter; the response it gave, or undefined when it refused. */
  async send(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    let response: Uint8Array | undefined;
    await this.meter.device.receive(bytes, (answer) => {
      response = answer;
    });
    return response;
  }
}
