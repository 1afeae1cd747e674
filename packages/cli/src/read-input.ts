/** Reads what a command is given as a file, as standard input, or on the command line. */
import { readFile } from "node:fs/promises";
import type { Io } from "./io.ts";

/** The named file, or standard input for "-". @throws the system's error */
export async function readInput(name: string, io: Io): Promise<Buffer> {
  if (name !== "-") return readFile(name);
  const parts: Buffer[] = [];
  for await (const part of io.stdin as AsyncIterable<Buffer | string>)
    parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** As curl reads `-d`: `@file`, `@-` for standard input, anything else is the data itself. */
export async function readData(text: string, io: Io): Promise<Buffer> {
  return text.startsWith("@") ? readInput(text.slice(1), io) : Buffer.from(text);
}
