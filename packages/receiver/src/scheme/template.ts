/**
 * Reads the template of the signed bytes: "v0:{timestamp}:{body}".
 *
 * A template rather than a list of objects, because it reads like the provider's own documentation.
 * It is parsed once, when a recipe is compiled.
 */
import { utf8AsByteString } from "../encoding/binary-string.ts";
import { recipeInvalid } from "./recipe-error.ts";

/** One piece of the signed bytes other than the body. */
export type SignedPart =
  /** `text` is a byte string. */
  | { readonly kind: "literal"; readonly text: string }
  /**
   * `forbidden` is the literal that follows the id. An id that contained it could move the border
   * between id and timestamp, so that one signature would fit two requests (Standard Webhooks,
   * "Signature scheme").
   */
  | { readonly kind: "id"; readonly forbidden: string }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "listed-headers"; readonly name: string }
  | { readonly kind: "query"; readonly name: string; readonly letters: "as-sent" | "lower" }
  | { readonly kind: "json"; readonly path: readonly string[] }
  | { readonly kind: "timestamp" }
  | { readonly kind: "method" }
  | { readonly kind: "url" }
  | { readonly kind: "path" }
  | { readonly kind: "form" };

export type SignedTemplate = {
  readonly before: readonly SignedPart[];
  readonly after: readonly SignedPart[];
  /** False: the bytes of the body are not signed, and `after` is empty. */
  readonly signsBody: boolean;
  /** Whether another body needs another signature: its bytes are signed, or all its fields. */
  readonly bindsBody: boolean;
};

const KNOWN =
  "{body}, {form}, {timestamp}, {id}, {method}, {url}, {path}, {query:name}, {lower-query:name}, {json:a.b}, {header:x-name} and {listed-headers:x-name}";

/** @throws {recipe_invalid} for an unknown placeholder or a second `{body}` */
export function parseTemplate(template: string): SignedTemplate {
  const sides = template.split("{body}");
  if (sides.length > 2) throw recipeInvalid('the signed template has "{body}" more than once');
  const [before, after] = sides.map(parseParts);
  const signsBody = sides.length === 2;
  return {
    before: before ?? [],
    after: after ?? [],
    signsBody,
    bindsBody: signsBody || (before ?? []).some(({ kind }) => kind === "form"),
  };
}

function parseParts(text: string): SignedPart[] {
  const parts: SignedPart[] = [];
  let rest = text;
  while (rest !== "") {
    const open = rest.indexOf("{");
    if (open !== 0) {
      const literal = open === -1 ? rest : rest.slice(0, open);
      parts.push({ kind: "literal", text: utf8AsByteString(literal) });
      rest = rest.slice(literal.length);
      continue;
    }
    const close = rest.indexOf("}");
    if (close === -1) throw recipeInvalid('the signed template has a "{" without a "}"');
    const following = rest.slice(close + 1);
    parts.push(placeholder(rest.slice(1, close), following));
    rest = following;
  }
  return parts;
}

function placeholder(text: string, following: string): SignedPart {
  const colon = text.indexOf(":");
  const [kind, name] =
    colon === -1 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
  const part = name === undefined ? plainPart(kind, following) : namedPart(kind, name);
  if (part !== undefined) return part;
  throw recipeInvalid(
    `the signed template has an unknown placeholder "{${text}}"; known are ${KNOWN}`,
  );
}

function plainPart(kind: string, following: string): SignedPart | undefined {
  switch (kind) {
    case "timestamp":
    case "method":
    case "url":
    case "path":
    case "form":
      return { kind };
    case "id":
      return { kind, forbidden: literalAtStart(following) };
    default:
      return undefined;
  }
}

function namedPart(kind: string, name: string): SignedPart | undefined {
  switch (kind) {
    case "header":
    case "listed-headers":
      return { kind, name };
    case "query":
      return { kind, name, letters: "as-sent" };
    case "lower-query":
      return { kind: "query", name, letters: "lower" };
    case "json":
      return { kind, path: name.split(".") };
    default:
      return undefined;
  }
}

function literalAtStart(text: string): string {
  const open = text.indexOf("{");
  return open === -1 ? text : text.slice(0, open);
}
