/**
 * What references in a configuration stand for: environment variables and files, read once when a
 * configuration is compiled. Values are secrets until proven otherwise: no message contains one (I8).
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { parseReferences, type ReferencePart } from "../model/reference.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Resolved =
  | { readonly kind: "resolved"; readonly text: string }
  | { readonly kind: "unresolved"; readonly message: string };

/** Never throws. A text without references is itself. */
export type ResolveReferences = (text: string) => Resolved;

export type ReferenceDeps = {
  readonly environment: Environment;
  /** @throws the system's error */
  readonly readFile: (path: string) => string;
};

/** Secrets are short; whoever names a larger file has named the wrong one. */
const FILE_LIMIT_BYTES = 65_536;

export function createResolver(deps: ReferenceDeps): ResolveReferences {
  return (text) => {
    const parsed = parseReferences(text);
    if (parsed.kind === "invalid") return { kind: "unresolved", message: parsed.message };
    let result = "";
    for (const part of parsed.parts) {
      const value = resolvePart(part, deps);
      if (value.kind === "unresolved") return value;
      result += value.text;
    }
    return { kind: "resolved", text: result };
  };
}

/** A variable that is set but empty counts as unset, as in `${NAME:-default}` of a shell. */
function resolvePart(part: ReferencePart, deps: ReferenceDeps): Resolved {
  switch (part.kind) {
    case "text":
      return { kind: "resolved", text: part.text };
    case "file":
      return readReferenced(part.path, deps);
    case "env": {
      const value = Object.hasOwn(deps.environment, part.name)
        ? deps.environment[part.name]
        : undefined;
      const text = value === undefined || value === "" ? part.fallback : value;
      if (text !== undefined) return { kind: "resolved", text };
      const state = value === undefined ? "not set" : "empty";
      return { kind: "unresolved", message: `the environment variable ${part.name} is ${state}` };
    }
  }
}

function readReferenced(path: string, deps: ReferenceDeps): Resolved {
  try {
    return { kind: "resolved", text: withoutLastLineBreak(deps.readFile(path)) };
  } catch (error) {
    return { kind: "unresolved", message: `the file ${path} cannot be read: ${reasonOf(error)}` };
  }
}

/** Editors and `echo` end a file with one; it is not part of the secret. */
export function withoutLastLineBreak(text: string): string {
  return text.replace(/\r?\n$/, "");
}

/** The system's code and nothing else: a message could quote the file. */
export function reasonOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  if (code === "ENOENT") return "it does not exist";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ENOTREG") return "it is no regular file";
  if (code === "EFBIG") return `it is larger than ${FILE_LIMIT_BYTES} bytes`;
  return typeof code === "string" ? code : "unreadable";
}

/**
 * Reads a small text file. Only a regular one: a pipe could keep us waiting, a device has no end.
 *
 * @throws the system's error, or one with the code EFBIG or ENOTREG
 */
export function readSmallFile(path: string): string {
  if (!statSync(path).isFile()) throw codedError("ENOTREG");
  const file = openSync(path, "r");
  try {
    // What the system says of the size need not be true, as in /proc: the read itself is bounded.
    const bytes = Buffer.alloc(FILE_LIMIT_BYTES + 1);
    let length = 0;
    for (;;) {
      const count = readSync(file, bytes, length, bytes.length - length, null);
      length += count;
      if (length > FILE_LIMIT_BYTES) throw codedError("EFBIG");
      if (count === 0) return bytes.toString("utf8", 0, length);
    }
  } finally {
    closeSync(file);
  }
}

function codedError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Looks into this process's environment and files. */
export function createSystemResolver(): ResolveReferences {
  return createResolver({ environment: process.env, readFile: readSmallFile });
}
