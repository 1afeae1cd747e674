/**
 * What is known about a provider, as data: how it signs, where the event's type and id are, what it
 * asks for before it sends anything, and how patient it is.
 *
 * A file per provider, or per family where one line is all that differs; read by the gateway, the
 * command line and the documentation. Facts carry the vendor's page, the day they were checked and
 * how sure we are, because they change.
 */
import type { Handshake } from "../events/handshake.ts";
import type { SplitRule } from "../events/split.ts";
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
  /**
   * The first rule that yields a text tells two events apart; the same on every retry. Empty where
   * nothing of the kind is known: a wrong key would make an event a duplicate, and lose it.
   */
  readonly idempotencyKey: readonly ValueRule[];
  readonly handshakes: readonly Handshake[];
  /** For providers that send several events in one request. */
  readonly split?: SplitRule;
  /**
   * What a request that does not verify must be answered with: such providers send wrong signatures
   * on purpose, and switch off a URL that accepts them.
   */
  readonly refusedStatus?: 401;
  readonly delivery: DeliveryFacts;
  /** The vendor's page on webhooks, or on their signatures where it has one. */
  readonly docsUrl: string;
  /** When the facts were last compared with their sources: YYYY-MM-DD. */
  readonly checkedOn: string;
  /**
   * `confirmed`: the vendor's code or page was read. `corroborated`: two independent secondary sources
   * agree. `experimental`: one secondary source; try it before relying on it.
   */
  readonly confidence: "confirmed" | "corroborated" | "experimental";
};

export type DeliveryFacts = {
  /** How long the provider waits for an answer; absent where it publishes nothing. */
  readonly timeoutMs?: number;
  /** What it does after a failure, in one sentence. */
  readonly retries: string;
};
