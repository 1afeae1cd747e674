/**
 * The repository as the checks of tidy see it: files by kind, their text, comments and Markdown.
 *
 * Walks the folders itself instead of asking git, so that a file is judged before it is added.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, resolve, sep } from "node:path";

export const ROOT: string = resolve(import.meta.dirname, "..");

/** What is installed, built or measured; `.gitignore` names the same. */
const IGNORED_FOLDERS: ReadonlySet<string> = new Set([
  ".cache",
  ".git",
  ".ringdown",
  "coverage",
  "dist",
  "node_modules",
]);

/** Paths relative to the root, with slashes, sorted. */
export function listFiles(): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (IGNORED_FOLDERS.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) found.push(relative(ROOT, path).split(sep).join("/"));
    }
  };
  visit(ROOT);
  return found.toSorted();
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

export function sizeOf(path: string): number {
  return statSync(join(ROOT, path)).size;
}

export function isCode(path: string): boolean {
  return [".ts", ".tsx", ".js", ".mjs"].includes(extname(path)) && !path.endsWith(".d.ts");
}

export function isTest(path: string): boolean {
  return /\.(test|suite)\.ts$/.test(path) || /^packages\/[^/]+\/tests\//.test(path);
}

/** Source of a package: what ships. */
export function isSource(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path) && isCode(path) && !isTest(path);
}

/** The comments of a source, joined. Good enough for sources that hold no comment signs in strings. */
export function commentsOf(text: string): string {
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<![:"'`/])\/\/.*$/gm)]
    .map(([found]) => found)
    .join("\n");
}

/** Names that a source exports by declaring them. */
export function exportedNames(text: string): string[] {
  const pattern =
    /^export (?:declare )?(?:async )?(?:const|let|function\*?|type|interface|class) ([A-Za-z_$][\w$]*)/gm;
  return [...text.matchAll(pattern)].map(([, name]) => name ?? "");
}

/** `parseRequestBody`, `RequestBody`, `request-body.ts` → their words in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** A Markdown text without code blocks and code spans: what a person reads as sentences. */
export function proseOf(markdown: string): string {
  return (
    markdown
      .replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "")
      .replaceAll(/`[^`\n]*`/g, "")
      // Other people name their own pages.
      .replaceAll(/\]\(https:[^)\s]*\)/g, "]")
  );
}

/** Targets of Markdown links and images, outside of code. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "");
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(
    ([, target]) => target ?? "",
  );
}

/** The anchors that a Markdown renderer makes of the headings, as GitHub does. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "").matchAll(/^#{1,6} (.+)$/gm);
  const named = [...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name]) => name ?? "");
  return new Set([...named, ...[...headings].map(([, heading]) => slugOf(heading ?? ""))]);
}

function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}
