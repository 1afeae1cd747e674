/** How old, and how far in the future, a signed timestamp may be. */
import { WebhookConfigError } from "../errors.ts";
import type { ValueLocation } from "../events/value.ts";
import { timestampInFuture, timestampTooOld } from "./failure.ts";
import type { TimestampRule, Tolerance } from "./recipe.ts";
import type { VerifyFailed } from "./result.ts";

/** Milliseconds, both ends included; infinite where nothing is checked. */
export type AgeWindow = { readonly pastMs: number; readonly futureMs: number };

/**
 * A user's own tolerance replaces the recipe's.
 *
 * @throws {tolerance_invalid} for zero or less: some libraries mean "do not check" by 0, others
 *   "accept nothing", so neither is guessed
 */
export function ageWindow(
  rule: Pick<TimestampRule, "toleranceMs" | "future"> | undefined,
  override?: Tolerance,
): AgeWindow {
  const tolerance = override ?? rule?.toleranceMs ?? "off";
  if (tolerance === "off") return { pastMs: Infinity, futureMs: Infinity };
  if (!(tolerance > 0)) {
    throw new WebhookConfigError(
      "tolerance_invalid",
      "The tolerance must be more than 0 milliseconds.",
      'Five minutes (300000) is usual; "off" accepts any age.',
    );
  }
  return { pastMs: tolerance, futureMs: rule?.future === "ignored" ? Infinity : tolerance };
}

/** `undefined` if the age is tolerated. */
export function failedAge(
  place: ValueLocation,
  ageMs: number,
  window: AgeWindow,
): VerifyFailed | undefined {
  // Negated, so that a clock that is not a number fails instead of passing.
  if (!(ageMs <= window.pastMs)) return timestampTooOld(place, ageMs, window.pastMs);
  if (!(-ageMs <= window.futureMs)) return timestampInFuture(place, ageMs, window.futureMs);
  return undefined;
}
