/**
 * `npm run serve:load -- 200 60 5`: so many requests a second, for so many seconds, at a time scale, to a `serve` in a process of its own, on loopback,
 * devices simulated. Prints how long its synchronous answers take, and its memory at the quarters of the time.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { partyIdentities } from "../../harness/headend/parties.ts";
import { paths, Receiver } from "../harness/interface/server/client.ts";
import { startServe } from "./child.ts";
import { UsersSystem } from "./users-system.ts";

const rate = Number(process.argv[2] ?? 200);
const seconds = Number(process.argv[3] ?? 60);
const scale = Number(process.argv[4] ?? 5);
const targetMs = 250;
const dir = mkdtempSync(join(tmpdir(), "meterbench-load-"));
const receiver = await Receiver.start();
const meters = 15;
const euiOf = (n: number): string => `00DB12345678${(0xa000 + n).toString(16).toUpperCase()}`;
const devices = Array.from(
  { length: meters },
  (_, n) => `  - { name: m${n}, type: ESME, eui: "${euiOf(n)}" }\n`,
);
const home = join(dir, "home.yaml");
writeFileSync(home, `devices:\n  - { name: hub, type: CHF }\n${devices.join("")}`);
const args = [
  "--home",
  home,
  "--store",
  join(dir, "store"),
  "--keys-out",
  join(dir, "keys"),
  "--push",
  receiver.url,
];
const served = startServe([...args, "--time-scale", String(scale)]);
const url = new URL(await served.url);
const { supplier, networkOperator } = partyIdentities;
/** A user's counter must rise for each device: so each asks each on a connection of its own, in order. */
const lanes = [supplier, networkOperator].flatMap(({ eui }) => {
  const system = new UsersSystem(join(dir, "keys"), eui);
  return Array.from({ length: meters }, (_, n) => {
    return { system, target: euiOf(n), agent: new Agent({ keepAlive: true, maxSockets: 1 }) };
  });
});
const laneOf = (n: number) => lanes[n % lanes.length] as (typeof lanes)[0];

/** Made before the clock runs: the load is the server's, not its client's. */
const bodies = Array.from({ length: rate * seconds }, (_, n) => {
  const { system, target } = laneOf(n);
  const header = { originator: system.eui, target, counter: BigInt(10_000 + n) };
  return system.xmlOf({ ...header, commandVariant: 1, reference: "7.4", parameters: {} });
});

const times: number[] = [];
const statuses = new Map<string, number>();
const count = (what: string): void => void statuses.set(what, (statuses.get(what) ?? 0) + 1);

/** `fromMs`: when it was due; what waits for the one before it counts, too. */
function send(body: string, agent: Agent, fromMs: number): Promise<void> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/xml", "content-length": Buffer.byteLength(body) };
    const options = { agent, method: "POST", host: url.hostname, port: url.port, path: paths.send, headers };
    const asked = httpRequest(options, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () => {
        times.push(performance.now() - fromMs);
        count(/ResponseCode>(\w+)</.exec(text)?.[1] ?? `status ${response.statusCode}`);
        resolve();
      });
    });
    asked.on("error", (error) => {
      count(error.message);
      resolve();
    });
    asked.end(body);
  });
}

/** Processor time of the server so far, ms (Linux). */
const processorMs = (): number => {
  const fields = readFileSync(`/proc/${served.child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** Resident memory of the server, MiB (Linux). */
const residentMiB = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${served.child.pid}/status`, "utf8"))?.[1]) / 1024;

console.log(
  `${rate} requests a second for ${seconds} s, signed reads (7.4) of ${meters} meters by 2 users, time scale ${scale}`,
);
const memory: string[] = [];
const beforeMs = processorMs();
const startMs = performance.now();
const sent: Promise<void>[] = [];
while (sent.length < bodies.length) {
  const due = Math.min(bodies.length, Math.floor(((performance.now() - startMs) / 1000) * rate));
  while (sent.length < due)
    sent.push(
      send(bodies[sent.length] as string, laneOf(sent.length).agent, startMs + (sent.length * 1000) / rate),
    );
  if (sent.length >= (bodies.length * (memory.length + 1)) / 4) memory.push(residentMiB().toFixed(0));
  await new Promise((resolve) => setTimeout(resolve, 2));
}
await Promise.all(sent);
times.sort((a, b) => a - b);
const at = (share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
const p99 = at(0.99);
console.log(`answers ${[...statuses].map(([what, n]) => `${what} ${n}`).join(", ")}`);
console.log(
  `p50 ${at(0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (target under ${targetMs}), longest ${at(1).toFixed(1)} ms`,
);
console.log(
  `resident memory at each quarter ${memory.join(", ")} MiB; ${receiver.heard.length} messages were pushed meanwhile`,
);
const [load] = loadavg();
const usedMs = (processorMs() - beforeMs) / bodies.length;
console.log(
  `processor ${usedMs.toFixed(2)} ms a request; load of the machine ${load?.toFixed(1)}, ${cpus().length} processors`,
);
served.child.kill("SIGINT");
console.log(`end by Ctrl-C: exit ${await served.ended}`);
for (const { agent } of lanes) agent.destroy();
await receiver.stop();
rmSync(dir, { recursive: true });
const [third = 0, last = 0] = memory.slice(-2).map(Number);
// Memory fills until the DCC remembers as many RequestIDs as it keeps (20,000): a shorter run says nothing of it.
const isFlat = bodies.length <= 20_000 || last <= third * 1.1;
const isTaken = statuses.get("I99") === bodies.length;
const faults = [
  p99 < targetMs ? "" : "too slow",
  isTaken ? "" : "not all taken",
  isFlat ? "" : "memory grows",
];
if (faults.some((fault) => fault !== "")) process.exitCode = 1;
console.log(process.exitCode === 1 ? `MISSED ${faults.filter(Boolean).join(", ")}` : "met");
