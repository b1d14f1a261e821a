#!/usr/bin/env node
import { main } from "./program.ts";

/** What an interrupted command has left under way may end by itself; after that it is ended. */
const lastWordsMs = 2000;

// Errors then point into the TypeScript that people read.
process.setSourceMapsEnabled(true);
process.exitCode = await main(process.argv.slice(2));
setTimeout(() => process.exit(), lastWordsMs).unref();
