#!/usr/bin/env node
import { main } from "./program.ts";

// Errors then point into the TypeScript that people read.
process.setSourceMapsEnabled(true);
process.exitCode = await main(process.argv.slice(2));
