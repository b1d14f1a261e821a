/**
 * `npm run serve:kills -- 20`: kills `serve` at random moments, its start too, while a user asks and asks again until it is
 * answered. Prints responses lost and requests acted on twice: both must be none.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom } from "../../hal/mock/index.ts";
import type { DccMessage, FormRequest, UserRequest } from "../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../harness/headend/parties.ts";
import { ServedHome } from "../../harness/interface/server/index.ts";
import { content, Receiver, read, until } from "../harness/interface/server/client.ts";
import { type Served, startServe } from "./child.ts";
import { UsersSystem } from "./users-system.ts";

const kills = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? 1);
const random = new SeededRandom(seed);
const dir = mkdtempSync(join(tmpdir(), "meterbench-kills-"));
const store = join(dir, "store");
const receiver = await Receiver.start();
const home = { seed: 5 };
const args = ["--store", store, "--keys-out", join(dir, "keys"), "--seed", String(home.seed)];
const { supplier } = partyIdentities;
const esme = "00DB1234567890A0";

let served: Served | undefined;
let system: UsersSystem | undefined;
let counter = 10_000n;
let over = false;
const accepted: UserRequest[] = [];
const refused: string[] = [];

/** Asks until it is answered, whoever is killed meanwhile. */
async function insist(request: UserRequest, service: "send" | "transform"): Promise<DccMessage> {
  for (;;) {
    const url = await served?.url.catch(() => undefined);
    if (url !== undefined) {
      system ??= new UsersSystem(join(dir, "keys"), supplier.eui);
      const answer = await system.ask(url, request, service);
      if (answer !== undefined) return answer;
    }
    await later(20);
  }
}

async function read74(): Promise<void> {
  counter += 1n;
  const request = { ...header(counter), commandVariant: 1, reference: "7.4", parameters: {} };
  note(request, await insist(request, "send"));
}

async function switchSupply(reference: "7.1" | "7.2"): Promise<void> {
  counter += 1n;
  const asked: FormRequest = { ...header(counter), commandVariant: 4, reference, parameters: {} };
  const answer = await insist(asked, "transform");
  if (answer.code !== "I0") return void refused.push(`${reference}: ${answer.code}`);
  const signed = (system as UsersSystem).signed(asked, answer);
  note(signed, await insist(signed, "send"));
}

const header = (counter: bigint) => ({ originator: supplier.eui, target: esme, counter });
const note = (request: UserRequest, { code }: DccMessage): void => {
  if (code === "I99") accepted.push(request);
  else refused.push(`${request.reference}: ${code}`);
};

async function user(): Promise<void> {
  for (let n = 0; !over; n++) {
    await (n % 3 === 2 ? switchSupply(n % 2 === 0 ? "7.2" : "7.1") : read74());
    await later(random.below(60));
  }
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const start = () => startServe([...args, "--time-scale", "20", "--push", receiver.url]);

console.log(`serve, killed ${kills} times; seed ${seed}`);
served = start();
await served.url;
const asking = user();
for (let n = 0; n < kills; n++) {
  const inItsStart = random.below(4) === 0;
  if (!inItsStart) await served.url;
  await later(random.below(inItsStart ? 3000 : 1500));
  served.child.kill("SIGKILL");
  await served.ended;
  served = start();
}
await served.url;
over = true;
await asking;
const answered = () => new Set(receiver.heard.map(({ xml }) => /<sr:RequestID>[^<]*:(\d+)</.exec(xml)?.[1]));
const isMissing = ({ counter }: UserRequest): boolean => !answered().has(String(counter));
await until(() => (accepted.some(isMissing) ? undefined : true), 60_000).catch(() => {});
served.child.kill("SIGINT");
const exit = await served.ended;

const lost = accepted.filter(isMissing).length;
const { acts, doubled } = await actsOf();
const dcc = (system as unknown as UsersSystem).dcc;
const responses = new Map<string, Set<string>>();
for (const { xml } of receiver.heard) {
  const message = read(xml, dcc);
  if (message.requestId === undefined) continue;
  const told = responses.get(message.requestId) ?? new Set();
  responses.set(
    message.requestId,
    told.add(`${message.code} ${Buffer.from(content(message).GBCSPayload ?? []).toString("hex")}`),
  );
}
const different = [...responses.values()].filter(({ size }) => size > 1).length;
const again = receiver.heard.length - new Set(receiver.heard.map(({ xml }) => xml)).size;
const codes = [...responses.values()].map(([told = ""]) => told.split(" ")[0]);

console.log(
  `requests accepted ${accepted.length}, refused ${refused.length} ${[...new Set(refused)].join(", ")}`,
);
console.log(
  `answered by devices ${codes.filter((code) => code === "I0").length}, given up ${codes.filter((code) => code !== "I0").length}`,
);
console.log(`responses lost ${lost}; messages delivered again at a kill ${again}`);
console.log(`requests acted on by the meter ${acts}, twice ${doubled}; answered in two ways ${different}`);
console.log(`end by Ctrl-C: exit ${exit}`);
await receiver.stop();
rmSync(dir, { recursive: true });
const ok = lost === 0 && doubled === 0 && different === 0 && exit === 0 && accepted.length >= kills;
if (!ok) process.exitCode = 1;

/** What the meter did over the whole history, counted in the home that the store tells of. */
async function actsOf(): Promise<{ acts: number; doubled: number }> {
  const counts = new Map<string, number>();
  const options = { home, store, address: () => undefined, observe: () => {}, timeScale: 0.001 };
  const { home: whole, close } = await ServedHome.open(options).then((opened) => ({
    home: opened.home,
    close: () => opened.close(),
  }));
  for (const event of whole.trace.of("command-accepted", "esme")) {
    const name = String(event.counter);
    if (BigInt(name) > 10_000n) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  await close();
  return { acts: counts.size, doubled: [...counts.values()].filter((count) => count > 1).length };
}
