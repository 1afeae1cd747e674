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
  | { readonly kind: "timestamp" }
  /**
   * `forbidden` is the literal that follows the id. An id that contained it could move the border
   * between id and timestamp, so that one signature would fit two requests (Standard Webhooks,
   * "Signature scheme").
   */
  | { readonly kind: "id"; readonly forbidden: string }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "method" }
  | { readonly kind: "url" };

export type SignedTemplate = {
  readonly before: readonly SignedPart[];
  readonly after: readonly SignedPart[];
  /** False: the body is not signed, and `after` is empty. */
  readonly signsBody: boolean;
};

const HEADER = "header:";

/** @throws {recipe_invalid} for an unknown placeholder or a second `{body}` */
export function parseTemplate(template: string): SignedTemplate {
  const sides = template.split("{body}");
  if (sides.length > 2) throw recipeInvalid('the signed template has "{body}" more than once');
  const [before = "", after = ""] = sides;
  return {
    before: parseParts(before),
    after: parseParts(after),
    signsBody: sides.length === 2,
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

function placeholder(name: string, following: string): SignedPart {
  if (name === "timestamp" || name === "method" || name === "url") return { kind: name };
  if (name === "id") return { kind: "id", forbidden: literalAtStart(following) };
  if (name.startsWith(HEADER)) return { kind: "header", name: name.slice(HEADER.length) };
  throw recipeInvalid(
    `the signed template has an unknown placeholder "{${name}}"; known are {body}, {timestamp}, {id}, {method}, {url} and {header:x-name}`,
  );
}

function literalAtStart(text: string): string {
  const open = text.indexOf("{");
  return open === -1 ? text : text.slice(0, open);
}
