/**
 * The shape of `spec/vectors/<provider>.json`: requests and what a verifier must answer. The files
 * know no language; any implementation of the same recipes can be held to them.
 */

export type Header = readonly [name: string, value: string];

export type Expectation =
  | {
      readonly status: "verified" | "authenticated";
      readonly secretIndex: number;
      readonly ageMs?: number;
    }
  | { readonly status: "unverified" }
  | { readonly status: "failed"; readonly reason: string };

export type Vector = {
  /** A sentence, unique within the file. */
  readonly name: string;
  readonly secrets: readonly string[];
  readonly nowMs: number;
  readonly method: string;
  readonly url: string;
  /** In the order sent; a character is one byte, as HTTP carries it. */
  readonly headers: readonly Header[];
  readonly bodyBase64: string;
  /** Keys that were fetched, by the id they are asked for: see `needed-key.ts`. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly expect: Expectation;
};

export type VectorFile = {
  readonly provider: string;
  readonly about: string;
  readonly vectors: readonly Vector[];
};
