/** The COSE hot path on the meter: accepting, answering and refusing, beside the bare operations. */
import type { Suite } from "../firmware/wire/suite.ts";
import { suites } from "../firmware/wire/suites.ts";
import { fromHex, toHex } from "../hal/base/hex.ts";
import type { Crypto } from "../hal/board.ts";
import { BenchMeter } from "./bench-meter.ts";
import type { BenchTask } from "./measure.ts";

/** Commands made for one round; each can be accepted once. */
const commandsPerRound: Record<Crypto["name"], number> = { sodium: 1500, node: 1500, noble: 400 };

/**
 * Runs the meter until its firmware is compiled code. Without it a task with few runs a round (noble) would time
 * the interpreter; so it would after code that was compiled for another library only.
 */
export async function warmUpMeter(crypto: Crypto, suite: Suite, commands = 3000): Promise<void> {
  const meter = await BenchMeter.build(crypto, { suite });
  for (let i = 0; i < commands; i++) await meter.send(meter.command(i % 2 === 0 ? "7.2" : "7.1"));
}

export async function coseTasks(crypto: Crypto): Promise<BenchTask[]> {
  const meter = await BenchMeter.build(crypto);
  return [critical(meter), nonCritical(meter), ...(await refusals(meter))].map((task) => ({
    ...task,
    name: `cose/${task.name}/${crypto.name}`,
  }));
}

/** Open, check, commit, execute, answer with a sealed signed response; supply enabled and disabled in turn. */
function critical(meter: BenchMeter): BenchTask {
  return {
    ...pooled(meter, (i) => meter.command(i % 2 === 0 ? "7.2" : "7.1")),
    name: "critical",
    floor: { name: "verify + sign + MAC", run: bareOperations(meter) },
  };
}

/** One verify, one sign and one MAC over what real commands have them over: each run takes the next sample. */
function bareOperations({ crypto, supplierPublicKey, command }: BenchMeter): () => void {
  const verify = crypto.ed25519Verifier(supplierPublicKey);
  const signer = crypto.ed25519Signer(new Uint8Array(32).fill(9));
  const mac = crypto.hmacSha256(new Uint8Array(32).fill(3));
  const samples = Array.from({ length: 64 }, () => {
    const { signedInput, signature, macInput } = suites.cose.wire.peek(command("7.2"));
    if (!signedInput || !signature || !macInput) throw new Error("bench: a critical command lacks a layer");
    return { signedInput, signature, macInput };
  });
  let next = 0;
  return () => {
    const { signedInput, signature, macInput } = samples[next++ % samples.length]!;
    if (!verify(signedInput, signature)) throw new Error("bench: the floor's signature is wrong");
    signer.sign(signedInput);
    mac(macInput);
  };
}

/** A read with a MAC only, answered with a MAC. */
function nonCritical(meter: BenchMeter): BenchTask {
  const command = meter.command("7.4");
  const input = suites.cose.wire.peek(command).macInput as Uint8Array;
  const mac = meter.crypto.hmacSha256(new Uint8Array(32).fill(3));
  return {
    name: "non-critical",
    run: async () => {
      if ((await meter.send(command)) === undefined) throw new Error("bench: a read was refused");
    },
    floor: {
      name: "two MACs",
      run: () => {
        mac(input);
        mac(input);
      },
    },
  };
}

/** Commands that can be accepted once, made before each round. */
export function pooled(
  meter: BenchMeter,
  make: (i: number) => Uint8Array,
): Pick<BenchTask, "prepare" | "run" | "maxRuns"> {
  const maxRuns = commandsPerRound[meter.crypto.name];
  let pool: Uint8Array[] = [];
  return {
    maxRuns,
    prepare: () => {
      pool = Array.from({ length: maxRuns }, (_, i) => make(i)).reverse();
    },
    run: async () => {
      const command = pool.pop();
      if (command === undefined || (await meter.send(command)) === undefined)
        throw new Error("bench: a command was refused or the pool ran dry");
    },
  };
}

async function refusals(meter: BenchMeter): Promise<BenchTask[]> {
  const replayed = meter.command("7.2");
  await meter.send(replayed);
  const good = meter.command("7.2");
  const inputs: Record<string, Uint8Array> = {
    "refused-malformed": good.subarray(0, good.length - 1),
    "refused-not-for-me": changed(good, "00DB1234567890A0", "00DB1234567890AF"),
    "refused-unknown-use-case": changed(good, "01185048", "0118FF48"),
    "refused-role": meter.command("7.2", {}, { by: "networkOperator" }),
    "refused-replay": replayed,
  };
  return Object.entries(inputs).map(([name, bytes]) => ({
    name,
    // A burst is what a refusal must be cheap in: the first few are logged, the rest only counted.
    prepare: async () => {
      for (let i = 0; i < 200; i++) await meter.send(bytes);
    },
    run: async () => {
      if ((await meter.send(bytes)) !== undefined) throw new Error(`bench: ${name} was answered`);
    },
  }));
}

/** The message with `from` replaced by `to` wherever it stands (both hex, of the same length): no longer authentic. */
function changed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const hex = toHex(bytes);
  if (!hex.includes(from)) throw new Error(`bench: the message does not hold ${from}`);
  return fromHex(hex.replaceAll(from, to));
}
