#!/usr/bin/env node
/** The entry of the command: arguments in, exit code out. */
import { processIo } from "./io.ts";
import { run } from "./run.ts";

/**
 * Half of libuv's threads may look up host names, and a name whose server is dead holds one for ten
 * seconds or more: with the usual four, two such destinations keep every new name waiting (I6). libuv
 * reads this when its pool is first used, which nothing before this line does.
 */
process.env["UV_THREADPOOL_SIZE"] ??= "31";

process.exitCode = await run(process.argv.slice(2), processIo);
