/**
 * The configuration file: read, parsed and checked as a whole, every problem with its position:
 *
 *   ringdown.yaml:34:11 routes.paid.to: unknown destination "inventry". Did you mean "inventory"?
 *
 * The shape is checked here. Whether references resolve, expressions compile and names exist is the
 * registry's knowledge; its check is passed in, so that both kinds of problems are told together.
 */
import { readFileSync, statSync } from "node:fs";
import { stringify } from "yaml";
import { isRingdownError, RingdownError } from "../errors/ringdown-error.ts";
import {
  configInvalid,
  type ConfigProblem,
  type LocatedProblem,
  unlocatedProblems,
} from "../model/config-problem.ts";
import { parseDocument } from "../model/config-schema.ts";
import type { ConfigDocument } from "../model/registry.ts";
import { reasonOf } from "./references.ts";
import { type Locate, parseYaml, YAML_LIMITS } from "./yaml-document.ts";

export type ConfigFile = {
  readonly path: string;
  /** As written, without the `server` block; defaults are not filled in. */
  readonly document: ConfigDocument;
  readonly server: Readonly<Record<string, unknown>>;
  /** Adds file, line and column to a problem. */
  readonly locate: Locate;
};

/** What only others can tell about a document; must cope with parts that are malformed. */
export type CheckDocument = (document: ConfigDocument) => readonly ConfigProblem[];

const checkNothing: CheckDocument = () => [];

/** @throws config_unreadable, config_invalid, secret_unresolved */
export function loadConfigFile(path: string, check: CheckDocument = checkNothing): ConfigFile {
  return parseConfigFile(readText(path), path, check);
}

function readText(path: string): string {
  try {
    // A byte is at most a character: what is larger than this is refused unread.
    if (statSync(path).size > 4 * YAML_LIMITS.characters) {
      throw new RingdownError("config_unreadable", `${path} is too large for a configuration.`);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (isRingdownError(error)) throw error;
    const reason = error instanceof TypeError ? "it is not UTF-8" : reasonOf(error);
    throw new RingdownError("config_unreadable", `${path} cannot be read: ${reason}.`);
  }
}

/** `path` is what problems call the text. @throws config_invalid, secret_unresolved */
export function parseConfigFile(
  text: string,
  path: string,
  check: CheckDocument = checkNothing,
): ConfigFile {
  const yaml = parseYaml(text, path);
  if (!yaml.ok) throw configInvalid(yaml.problems);
  const { server = {}, ...rest } = asObject(yaml.value);
  const document = withKinds(rest);
  const shape = parseDocument(asObject(yaml.value) === yaml.value ? rest : yaml.value);
  const problems: ConfigProblem[] = shape.ok ? [] : [...shape.problems];
  if (asObject(server) !== server) {
    problems.push({ path: ["server"], message: "expected an object" });
  }
  problems.push(...check(document));
  if (problems.length > 0) throw configInvalid(inReadingOrder(problems.map(yaml.locate)));
  return { path, document, server: asObject(server), locate: yaml.locate };
}

/** The value itself if it is an object, else an empty one. */
function asObject(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : {};
}

function withKinds(document: Readonly<Record<string, unknown>>): ConfigDocument {
  return {
    ...document,
    sources: asObject(document["sources"]),
    destinations: asObject(document["destinations"]),
    routes: asObject(document["routes"]),
  };
}

function inReadingOrder(problems: readonly LocatedProblem[]): LocatedProblem[] {
  const rank = ({ line = 0, column = 0 }: LocatedProblem): number => line * 100_000 + column;
  return problems.toSorted((left, right) => rank(left) - rank(right));
}

/** The same error with positions, if it tells of problems of this document; else itself. */
export function withLocations(error: unknown, locate: Locate): unknown {
  const problems = unlocatedProblems(error);
  return problems === undefined ? error : configInvalid(inReadingOrder(problems.map(locate)));
}

/** JSON as the API takes it: no positions; a `server` block is not its business. @throws config_invalid */
export function parseConfigJson(text: string): ConfigDocument {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : "not JSON";
    throw configInvalid([{ path: [], message }]);
  }
  const { server: _, ...rest } = asObject(value);
  const parsed = parseDocument(asObject(value) === value ? rest : value);
  if (!parsed.ok) throw configInvalid(parsed.problems);
  return withKinds(rest);
}

/** A document as a file; `schemaUrl` gives editors completion. */
export function formatConfigYaml(document: ConfigDocument, schemaUrl?: string): string {
  const { sources, destinations, routes, ...rest } = document;
  const body = stringify(
    { version: 1, ...rest, sources, destinations, routes },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return schemaUrl === undefined ? body : `# yaml-language-server: $schema=${schemaUrl}\n${body}`;
}
