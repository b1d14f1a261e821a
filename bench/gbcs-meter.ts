/** The GBCS hot path on the meter: accepting and answering, beside the bare operations. */
import { suites } from "../firmware/wire/suites.ts";
import type { Crypto } from "../hal/board.ts";
import { BenchMeter } from "./bench-meter.ts";
import { pooled } from "./cose.ts";
import type { BenchTask } from "./measure.ts";

export async function gbcsMeterTasks(crypto: Crypto): Promise<BenchTask[]> {
  const meter = await BenchMeter.build(crypto, { suite: suites.gbcs });
  return [critical(meter), nonCritical(meter)].map((task) => ({
    ...task,
    name: `gbcs/${task.name}/${crypto.name}`,
  }));
}

/** Open, check, commit, execute, answer signed; supply enabled and disabled in turn. */
function critical(meter: BenchMeter): BenchTask {
  return {
    ...pooled(meter, (i) => meter.command(i % 2 === 0 ? "7.2" : "7.1")),
    name: "critical",
    floor: { name: "verify + sign", run: verifyAndSign(meter) },
  };
}

/** One verify and one deterministic sign over what real commands have them over: each run takes the next sample. */
function verifyAndSign({ crypto, supplierPublicKey, command }: BenchMeter): () => void {
  const verify = crypto.p256Verifier(supplierPublicKey);
  const signer = crypto.p256Signer(new Uint8Array(32).fill(9));
  const samples = Array.from({ length: 64 }, () => {
    const { signedInput, signature } = suites.gbcs.wire.peek(command("7.2"));
    if (!signedInput || !signature) throw new Error("bench: a critical command lacks its signature");
    return { signedInput, signature };
  });
  let next = 0;
  return () => {
    const { signedInput, signature } = samples[next++ % samples.length]!;
    if (!verify(signedInput, signature)) throw new Error("bench: the floor's signature is wrong");
    signer.sign(signedInput);
  };
}

/** A read with a MAC only, answered with a MAC: at most four times its floor. */
function nonCritical(meter: BenchMeter): BenchTask {
  const command = meter.command("7.4");
  return {
    name: "non-critical",
    run: async () => {
      if ((await meter.send(command)) === undefined) throw new Error("bench: a read was refused");
    },
    floor: { name: "2 GMAC + 2 SHA-256", run: twoMacs(meter, command) },
  };
}

/** Of the KDF's input, and of the message's length. */
function twoMacs({ crypto }: BenchMeter, command: Uint8Array): () => void {
  const key = new Uint8Array(16).fill(1);
  const nonce = new Uint8Array(12).fill(2);
  const nothing = new Uint8Array(0);
  const kdfInput = new Uint8Array(69).fill(8);
  const { macInput } = suites.gbcs.wire.peek(command);
  return () => {
    for (let i = 0; i < 2; i++) {
      crypto.sha256(kdfInput);
      crypto.aesGcmSeal(key, nonce, macInput!, nothing, 12);
    }
  };
}
