#!/usr/bin/env node
/** The entry of the command: arguments in, exit code out. */
import { processIo } from "./io.ts";
import { run } from "./run.ts";

process.exitCode = await run(process.argv.slice(2), processIo);
