/**
 * What is known about a provider, as data: how it signs, where the event's type and id are, what it
 * asks for before it sends anything, and how patient it is.
 *
 * One file per provider, read by the gateway, the command line and the documentation. Facts carry
 * the vendor's page, the day they were checked and how sure we are, because they change.
 */
import type { Handshake } from "../events/handshake.ts";
import type { ValueRule } from "../events/value.ts";
import type { Recipe } from "../scheme/recipe.ts";

export type Provider<R extends Recipe = Recipe> = {
  /** As written in configurations: lower case, stable. */
  readonly name: string;
  readonly title: string;
  readonly recipe: R;
  /** Where to find the secret at the provider, in one sentence. */
  readonly secretHint: string;
  /** The first rule that yields a text is the event's type; names are the vendor's own. */
  readonly eventType: readonly ValueRule[];
  /** The first rule that yields a text tells two events apart; the same on every retry. */
  readonly idempotencyKey: readonly ValueRule[];
  readonly handshakes: readonly Handshake[];
  readonly delivery: DeliveryFacts;
  /** The vendor's page on signatures. */
  readonly docsUrl: string;
  /** When the facts were last compared with the vendor's pages or code: YYYY-MM-DD. */
  readonly checkedOn: string;
  /** `confirmed`: the vendor's code or page was read. `experimental`: secondary sources only. */
  readonly confidence: "confirmed" | "experimental";
};

export type DeliveryFacts = {
  /** How long the provider waits for an answer; absent where it publishes nothing. */
  readonly timeoutMs?: number;
  /** What it does after a failure, in one sentence. */
  readonly retries: string;
};
