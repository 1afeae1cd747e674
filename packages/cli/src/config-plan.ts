/** The configuration file against the server: what `diff` shows and `apply` does. */
import type { Client, FieldProblem, Plan } from "@ringdown/client";
import { readFile } from "node:fs/promises";
import { basename, relative } from "node:path";
import { configPathOf } from "./config-path.ts";
import { CliError, describeFailure } from "./failure.ts";
import type { Globals } from "./globals.ts";

export type WantedConfig = {
  readonly path: string;
  /** The file as written: the server reads it, so that its problems have lines and columns. */
  readonly text: string;
  /** What the file describes belongs to the file. */
  readonly owner: string;
  readonly prune: "true" | "false";
};

export async function readWantedConfig(
  globals: Globals,
  { prune = false }: { readonly prune?: boolean },
): Promise<WantedConfig> {
  const path = configPathOf(globals);
  const text = await readFile(path, "utf8");
  return { path, text, owner: `file:${basename(path)}`, prune: prune ? "true" : "false" };
}

/**
 * What applying it would do, and would have done to the newest `past` requests; touches nothing. @throws data with every problem of the file
 */
export async function planConfig(
  client: Client,
  wanted: WantedConfig,
  { past = 0 }: { readonly past?: number } = {},
): Promise<Plan> {
  return putConfig(client, wanted, { dryRun: "true", past });
}

/** All of it or nothing, and only if nothing has changed since it was planned. */
export async function applyConfig(
  client: Client,
  wanted: WantedConfig,
  { baseVersion }: Plan,
): Promise<Plan> {
  return putConfig(client, wanted, { ifMatch: `"${String(baseVersion)}"` });
}

async function putConfig(
  client: Client,
  { path, text, owner, prune }: WantedConfig,
  how: { readonly dryRun?: "true"; readonly past?: number; readonly ifMatch?: string },
): Promise<Plan> {
  const { dryRun, past = 0, ifMatch } = how;
  try {
    return await client.put("/api/v1/config", {
      query: {
        owner,
        prune,
        ...(dryRun === undefined ? {} : { dryRun }),
        ...(past === 0 ? {} : { past }),
      },
      text: { type: "application/yaml", content: text },
      ...(ifMatch === undefined ? {} : { headers: { "if-match": ifMatch } }),
    });
  } catch (error) {
    throw await inFile(error, path);
  }
}

/** The server does not know what the file is called here, nor always where in it a field is. */
async function inFile(error: unknown, path: string): Promise<unknown> {
  const { code } = describeFailure(error);
  if (code === "config_conflict") {
    return new CliError(
      "failed",
      "Somebody changed the configuration while this was decided.",
      "Look again: ringdown diff",
    );
  }
  const problems: unknown = error instanceof Error ? Reflect.get(error, "problems") : undefined;
  if (code !== "config_invalid" && code !== "secret_unresolved") return error;
  if (!Array.isArray(problems) || problems.length === 0) return error;
  const name = relative(process.cwd(), path) || path;
  const located = await Promise.all(
    (problems as FieldProblem[]).map((problem) => locate(problem, path)),
  );
  const details = located.map((problem) => formatProblem(name, problem));
  return new CliError("data", `${name} cannot be applied to this server.`, { details });
}

/** Problems of the text have a place; those of what it means have the path of a field. */
async function locate(problem: FieldProblem, path: string): Promise<FieldProblem> {
  if (problem.line !== null) return problem;
  const { loadConfigFile } = await import("@ringdown/server");
  const steps = problem.path.split(/\.|\[(\d+)\]/).filter(Boolean);
  const { line, column } = loadConfigFile(path).locate({
    path: steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
    message: problem.message,
  });
  return { ...problem, line: line ?? null, column: column ?? null };
}

/** Like a compiler: `ringdown.yaml:34:11 routes.paid.to: unknown … Did you mean "inventory"?` */
function formatProblem(file: string, problem: FieldProblem): string {
  const { line, column, path, message, suggestion } = problem;
  const place = [file, line, column].filter((part) => part !== null).join(":");
  const hint = suggestion === null ? "" : `. Did you mean "${suggestion}"?`;
  return `${place} ${path === "" ? "" : `${path}: `}${message}${hint}`;
}
