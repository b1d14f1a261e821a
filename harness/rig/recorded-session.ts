/** What a recording's header tells of its session: who made it, on which board, and what it ran. */
import { z } from "zod";
import { wireNames } from "../../firmware/wire/suites.ts";
import { boardParts } from "../premises/boards.ts";

const run = z.object({
  target: z.string().max(4096),
  patterns: z.array(z.string().max(4096)).max(1000),
  wires: z.array(z.enum(wireNames)).min(1),
  seed: z.int().min(0).max(0xffff_ffff),
  /** Virtual seconds a real one, where the command line said it. */
  timeScale: z.number().min(1).max(100_000).optional(),
  /** The board was asked which image it runs. */
  asksVersion: z.boolean().optional(),
});

export const recordedSession = z.object({
  /** The command line's words that made the recording. */
  command: z.array(z.string()),
  /** UTC when the session started, milliseconds. */
  startUtcMs: z.int().min(0).max(8.64e15).optional(),
  board: z
    .object({
      kind: z.enum(["serial", "emulated", "device"]),
      parts: z.array(z.enum(boardParts)).optional(),
      framing: z.enum(["console", "raw"]).optional(),
      /** Bits a second. */
      baud: z.int().optional(),
      /** Its acting commands went signed, each under a counter of its own. */
      signed: z.boolean().optional(),
    })
    .default({ kind: "serial" }),
  run: run.optional(),
});

export type RecordedRun = z.infer<typeof run>;
export type RecordedSession = z.infer<typeof recordedSession>;
