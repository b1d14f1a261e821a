#!/usr/bin/env node
import { endProcess, insistedOn } from "./exit.ts";
import { main } from "./program.ts";

/** What an interrupted command has left under way may end by itself; after that it is ended. */
const lastWordsMs = 2000;

// Errors then point into the TypeScript that people read.
process.setSourceMapsEnabled(true);
// A reader that has seen enough (`| head`) changes neither what is done nor the verdict.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
const exitCode = await main(process.argv.slice(2), { untilExit: true });
process.exitCode = exitCode;
// What a scenario has left running changes no verdict but for the worse.
process.on("exit", () => {
  process.exitCode = insistedOn() ?? exitCode;
});
setTimeout(() => endProcess(), lastWordsMs).unref();
