/**
 * Runs a short command in this process: for tests of very many calls, where a process each is too slow.
 * Options that have a variable of their own (`--server`) are read from this process's environment.
 */
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "../../src/run.ts";
import type { CallResult } from "./cli.ts";

export async function callHere(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CallResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const io = { stdin: Readable.from([]), stdout, stderr, env, nowMs: () => Date.now() };
  const code = await run(args, io);
  stdout.end();
  stderr.end();
  const [out, errors] = await said;
  return { code, stdout: out, stderr: errors };
}
