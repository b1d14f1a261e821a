/** `meterbench doctor`: what is missing on this machine, and what to do about it. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import type { Command } from "commander";
import pc from "picocolors";
import { cryptoByName } from "../../../hal/crypto/index.ts";
import { boardFinding, emulatedBoardTools, rigFile, serialPorts } from "../../rig/advice.ts";
import { chooseBoards } from "../../rig/find.ts";
import { healthOf } from "../../rig/health.ts";
import { portRows } from "../../rig/port-list.ts";
import { loadRig } from "../../rig/rig-file.ts";
import { plain, plainJson, plainLine } from "../../text.ts";
import { Exit } from "../exit.ts";
import { addLineOptions, type LineOptions, lineOf } from "../line-options.ts";
import { noteStartOf } from "../opening.ts";

interface Finding {
  readonly name: string;
  readonly status: "ok" | "missing" | "wrong";
  /** Without it nothing works; the rest is needed for the named purpose only. */
  readonly required: boolean;
  readonly found: string;
  readonly advice?: string;
}

interface DoctorOptions extends LineOptions {
  readonly board?: string[];
  readonly rig?: string;
  readonly json?: boolean;
}

const examples = `
Example:
  meterbench doctor
  meterbench doctor --board /dev/ttyUSB0
`;

export function doctorCommand(root: Command): Command {
  const command = root
    .command("doctor")
    .option(
      "--board <id...>",
      "look at these boards, and start them where they are emulated (default: those of the rig file)",
    )
    .option("--rig <file>", "the rig file (default: ./rig.yaml)")
    .option("--json", "one JSON document on standard output")
    .description("say what is missing on this machine or its boards, and what to do about it")
    .addHelpText("after", examples)
    .action(async (options: DoctorOptions) => {
      const rig = loadRig(options.rig);
      const chosen = options.board ? await chooseBoards(rig, options.board) : rig.boards;
      const boards = chosen.map((board) => ({ ...board, ...lineOf(options) }));
      const ports = await portRows();
      const look = { what: "meterbench doctor", startEmulated: options.board !== undefined };
      const machine = [
        nodeVersion(),
        selfTest("node"),
        selfTest("noble"),
        selfTest("sodium"),
        tshark(),
        outputFolder(),
        emulatedBoardTools(),
        ...serialPorts(ports),
        rigFile(rig, ports),
      ];
      if (look.startEmulated && !options.json) noteStartOf(boards);
      const onBoards = (await healthOf(boards, look)).map(boardFinding);
      const findings = [...machine, ...onBoards];
      if (options.json) console.log(plainJson({ findings }, undefined, 2));
      else for (const finding of findings) print(finding);
      const otherwise = machine.some(isBroken) ? Exit.testFailed : Exit.ok;
      process.exitCode = onBoards.some(isBroken) ? Exit.rig : otherwise;
    });
  return addLineOptions(command);
}

const isBroken = ({ status, required }: Finding): boolean =>
  status === "wrong" || (required && status === "missing");

function print(finding: Finding): void {
  const mark = { ok: pc.green("ok     "), missing: pc.yellow("missing"), wrong: pc.red("wrong  ") }[
    finding.status
  ];
  console.log(`${mark} ${plainLine(finding.name).padEnd(14)} ${plainLine(finding.found)}`);
  if (finding.advice) console.log(plain(finding.advice).replace(/^/gm, "        "));
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "Node.js",
    status: good ? "ok" : "wrong",
    required: true,
    found: `${process.version} on ${process.platform}-${process.arch}`,
    ...(good ? {} : { advice: "Install Node.js 20.19 or newer." }),
  };
}

/** One signature there and back tells whether a cryptographic library is there and works. */
function selfTest(name: "node" | "noble" | "sodium"): Finding {
  const base = { name: `crypto: ${name}`, required: name !== "sodium" };
  const crypto = cryptoByName(name);
  if (crypto === undefined)
    return {
      ...base,
      status: "missing",
      found: "sodium-native is not installed",
      advice: "Optional, the fastest library: npm install sodium-native",
    };
  const signer = crypto.ed25519Signer(new Uint8Array(32).fill(7));
  const message = new TextEncoder().encode("doctor");
  const good = crypto.ed25519Verifier(signer.publicKey)(message, signer.sign(message));
  return {
    ...base,
    status: good ? "ok" : "wrong",
    found: good ? "signs and verifies" : "does not verify its own signature",
  };
}

function tshark(): Finding {
  const run = spawnSync("tshark", ["--version"], { encoding: "utf8", timeout: 10_000 });
  const version = /TShark[^0-9]*([0-9.]+)/.exec(run.stdout ?? "")?.[1];
  return version === undefined
    ? {
        name: "tshark",
        status: "missing",
        required: false,
        found: "not on the path",
        advice: "Needed to dissect captures: apt-get install tshark (or Wireshark)",
      }
    : { name: "tshark", status: "ok", required: false, found: version };
}

function outputFolder(): Finding {
  try {
    accessSync(process.cwd(), constants.W_OK);
    return { name: "output folder", status: "ok", required: true, found: "this folder can be written" };
  } catch {
    return {
      name: "output folder",
      status: "wrong",
      required: true,
      found: "this folder cannot be written",
      advice: "Run in another folder, or give `run --out DIR`.",
    };
  }
}
