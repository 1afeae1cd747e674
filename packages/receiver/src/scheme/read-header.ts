/**
 * Reads a header that takes part in a verification.
 *
 * It must be there exactly once: where two values arrive, the sender's and ours could be different
 * ones, and joining them would sign something nobody sent.
 */
import type { HeaderLookup } from "../headers.ts";
import { missingHeader, repeatedHeader } from "./failure.ts";
import type { VerifyFailed } from "./result.ts";

export function readHeader(headers: HeaderLookup, name: string): string | VerifyFailed {
  const values = headers.all(name);
  const value = values[0];
  if (value === undefined) return missingHeader(name);
  return values.length === 1 ? value : repeatedHeader(name);
}
