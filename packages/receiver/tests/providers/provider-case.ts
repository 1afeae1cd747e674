/** The vectors of every provider, for tests that run over all of them. */
import { readFileSync } from "node:fs";
import {
  compileVerifier,
  headersFromRaw,
  type KeyRequest,
  listProviders,
  type Provider,
  type Verifier,
  type VerifyInput,
} from "../../src/index.ts";
import { VECTOR_FOLDER } from "../vectors/build-vectors.ts";
import type { Vector, VectorFile } from "../vectors/vector.ts";

export type ProviderCase = {
  readonly name: string;
  readonly provider: Provider;
  readonly secrets: readonly string[];
  readonly verifier: Verifier;
  /** The request that verifies. */
  readonly good: VerifyInput;
};

export const providerCases: readonly ProviderCase[] = listProviders().map((provider) => {
  const text = readFileSync(new URL(`${provider.name}.json`, VECTOR_FOLDER), "utf8");
  const { vectors } = JSON.parse(text) as VectorFile;
  const [good] = vectors;
  if (good === undefined) throw new Error(`${provider.name} has no vectors`);
  return {
    name: provider.name,
    provider,
    secrets: good.secrets,
    verifier: compileVerifier(provider.recipe, good.secrets),
    good: inputOf(good),
  };
});

export function inputOf(vector: Vector): VerifyInput {
  const { keys } = vector;
  return {
    method: vector.method,
    url: vector.url,
    headers: headersFromRaw(vector.headers.flat()),
    body: Buffer.from(vector.bodyBase64, "base64"),
    nowMs: vector.nowMs,
    ...(keys !== undefined && { keys: ({ id }: KeyRequest) => keys[id] }),
  };
}
