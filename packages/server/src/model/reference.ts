/**
 * References in texts of a configuration: `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}`.
 * They keep secrets out of files (I8). `$${` stands for a literal `${`.
 *
 * Only the syntax; what a reference stands for is looked up by config/references.ts.
 */

export type ReferencePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "env"; readonly name: string; readonly fallback?: string }
  | { readonly kind: "file"; readonly path: string };

export type ReferenceText =
  | { readonly kind: "valid"; readonly parts: readonly ReferencePart[] }
  | { readonly kind: "invalid"; readonly message: string; readonly offset: number };

const FORMS = "write ${env:NAME}, ${env:NAME:-default} or ${file:/path}";

/** The pieces of a text; a text without references is one piece. */
export function parseReferences(text: string): ReferenceText {
  const parts: ReferencePart[] = [];
  let literal = "";
  let position = 0;
  while (position < text.length) {
    const start = text.indexOf("${", position);
    if (start === -1) break;
    if (text[start - 1] === "$" && start > position) {
      literal += `${text.slice(position, start - 1)}\${`;
      position = start + 2;
      continue;
    }
    literal += text.slice(position, start);
    const end = text.indexOf("}", start);
    const part = end === -1 ? undefined : parseReference(text.slice(start + 2, end));
    if (part === undefined)
      return { kind: "invalid", message: `not a reference: ${FORMS}`, offset: start };
    if (literal !== "") parts.push({ kind: "text", text: literal });
    literal = "";
    parts.push(part);
    position = end + 1;
  }
  literal += text.slice(position);
  if (literal !== "" || parts.length === 0) parts.push({ kind: "text", text: literal });
  return { kind: "valid", parts };
}

/** What stands between the braces. */
function parseReference(inner: string): ReferencePart | undefined {
  const env = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^]*))?$/.exec(inner);
  if (env !== null) {
    const [, name = "", fallback] = env;
    return fallback === undefined ? { kind: "env", name } : { kind: "env", name, fallback };
  }
  const path = /^file:([^\0]+)$/.exec(inner)?.[1];
  return path === undefined ? undefined : { kind: "file", path };
}

/** Whether the text holds a reference. */
export function hasReference(text: string): boolean {
  const parsed = parseReferences(text);
  return parsed.kind === "valid" && parsed.parts.some((part) => part.kind !== "text");
}
