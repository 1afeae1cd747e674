/** Writes signatures (and a timestamp beside them) where a recipe wants them. */
import type { HmacRecipe, SignatureRule, TimestampRule } from "./recipe.ts";
import { signingUnsupported } from "./signing-unsupported.ts";

export type Signatures = {
  /** One for each secret; the first is the current one's. */
  readonly texts: readonly string[];
  readonly timestamp: string | undefined;
};

/** @throws {signing_unsupported} where they would have to go into the body or the URL */
export function addSignatures(
  headers: Record<string, string>,
  { signature, timestamp }: Pick<HmacRecipe, "signature" | "timestamp">,
  signatures: Signatures,
): void {
  const [first = ""] = signatures.texts;
  switch (signature.format) {
    case "plain":
      headers[signature.header] = `${signature.prefix ?? ""}${first}`;
      return;
    case "list":
      headers[signature.header] = listValue(signature, timestamp, signatures);
      return;
    case "values": {
      const time = signature.first === "timestamp" ? [signatures.timestamp ?? ""] : [];
      headers[signature.header] = [...time, ...signatures.texts].join(signature.separator);
      return;
    }
    case "headers":
      addEach(headers, signatures, (index) => signature.headers[index]);
      return;
    case "numbered":
      addEach(headers, signatures, (index) => `${signature.header}${index + 1}`);
      return;
    case "value":
      throw signingUnsupported();
  }
}

/** Signatures for which there is no header are left out. */
function addEach(
  headers: Record<string, string>,
  { texts }: Signatures,
  nameAt: (index: number) => string | undefined,
): void {
  for (const [index, text] of texts.entries()) {
    const name = nameAt(index);
    if (name !== undefined) headers[name] = text;
  }
}

function listValue(
  rule: Extract<SignatureRule, { format: "list" }>,
  timeRule: TimestampRule | undefined,
  { texts, timestamp }: Signatures,
): string {
  const items = texts.map((text) => `${rule.key}${rule.assign}${text}`);
  if (timestamp !== undefined && timeRule !== undefined && "field" in timeRule.from) {
    items.unshift(`${timeRule.from.field}${rule.assign}${timestamp}`);
  }
  return items.join(rule.separator);
}
