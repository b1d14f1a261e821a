/** An electricity meter on a simulated board, and commands made for it: what the COSE tasks run on. */
import { ElectricityMeter } from "../firmware/devices/electricity-meter.ts";
import { provision } from "../firmware/devices/provision.ts";
import type { HanPort } from "../firmware/han/port.ts";
import type { Eui64 } from "../firmware/wire/message.ts";
import { suites } from "../firmware/wire/suites.ts";
import type { Crypto } from "../hal/board.ts";
import { nodeCrypto, sodiumCrypto } from "../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../hal/mock/index.ts";
import { HeadEnd, type RequestOptions } from "../harness/headend/head-end.ts";
import { TestPki } from "../harness/headend/pki.ts";
import type { Parameters, Reference } from "../harness/headend/requests/index.ts";
import { factoryAnchors, partiesOf } from "../harness/premises/home-device.ts";

const meterEui: Eui64 = "00DB1234567890A0";
const hubEui: Eui64 = "00DB1234567890A2";
const startUtcMs = Date.UTC(2026, 11, 1);

/** No network below: the tasks hand messages to the meter themselves. */
const noHan: HanPort = {
  send: async (_to, _bytes, done) => done("delivered"),
  onMessage: () => () => {},
  readHubTime: async (done) => done(undefined),
};

export class MeterRig {
  readonly crypto: Crypto;
  readonly meter: ElectricityMeter;
  readonly #headEnd: HeadEnd;

  /** A provisioned, running meter whose firmware computes with `crypto`. */
  static async build(crypto: Crypto): Promise<MeterRig> {
    const random = new SeededRandom(1);
    // The other side may use the fastest library there is: its work is not what is measured.
    const theirs = sodiumCrypto() ?? nodeCrypto();
    const pki = new TestPki({
      suite: suites.cose,
      crypto: theirs,
      random: random.fork("pki"),
      notBeforeS: startUtcMs / 1000 - 86_400,
    });
    const board = new MockBoard({
      scheduler: new Scheduler(),
      random,
      id: "bench",
      startUtcMs,
      crypto,
      parts: { mains: true, metrology: true, loadSwitch: true, tamper: true, userInterface: true },
    });
    board.powerOn();
    const keys = pki.deviceKeys(meterEui);
    await provision(
      board,
      {
        type: "ESME",
        eui64: meterEui,
        signSeed: keys.signSeed,
        agreeSecret: keys.agree.secret,
        signCertificate: keys.sign.certificate,
        agreeCertificate: keys.agree.certificate,
        certificatePath: [pki.issuingCertificate],
        installCode: Uint8Array.from(Buffer.from("83FED3407A939723A5C639B26916D505C3B5", "hex")),
        firmwareVersion: Uint8Array.of(0, 1, 0, 0),
        anchors: factoryAnchors("ESME", pki),
      },
      suites.cose,
    );
    const meter = await ElectricityMeter.boot(board, {
      suite: suites.cose,
      link: { han: noHan, hub: hubEui },
    });
    const headEnd = new HeadEnd({
      crypto: theirs,
      suite: suites.cose,
      pki,
      deliver: (_bytes, done) => done("delivered"),
      after: () => () => {},
      observe: () => {},
    });
    headEnd.register({
      eui: meterEui,
      type: "ESME",
      signPublicKey: keys.sign.signer.publicKey,
      agreePublicKey: keys.agree.publicKey,
      parties: partiesOf("ESME"),
    });
    return new MeterRig(crypto, meter, headEnd);
  }

  private constructor(crypto: Crypto, meter: ElectricityMeter, headEnd: HeadEnd) {
    this.crypto = crypto;
    this.meter = meter;
    this.#headEnd = headEnd;
  }

  get supplierPublicKey(): Uint8Array {
    return this.#headEnd.parties.supplier.keys.sign.signer.publicKey;
  }

  /** A sealed command with the next counter of its sender. */
  command = <R extends Reference>(
    reference: R,
    parameters: Parameters<R> = {} as Parameters<R>,
    options: Partial<RequestOptions> = {},
  ): Uint8Array => {
    const full = { to: meterEui, unchecked: true, ...options };
    return this.#headEnd.protect(this.#headEnd.prepare(reference, parameters, full));
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
