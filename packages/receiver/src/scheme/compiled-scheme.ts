/** What every scheme compiles to. */
import type { Tolerance } from "./recipe.ts";
import type { Verifier } from "./result.ts";

export type VerifierOptions = {
  /** Replaces the recipe's tolerance. */
  readonly toleranceMs?: Tolerance;
  /**
   * CIDR ranges the sender's address must be in, besides what the recipe demands. Checked first.
   */
  readonly allowAddresses?: readonly string[];
};

export type CompiledScheme = Verifier & {
  /** The header that holds the proof; absent for schemes without one. */
  readonly header?: string;
};
