/** spec/vectors/*.json: what every verifier, in whatever language, has to answer to which request. */
import { buildVectorFiles, render } from "../../packages/receiver/tests/vectors/build-vectors.ts";
import type { Output } from "../generate.ts";

export function outputs(): Promise<Output[]> {
  const files = buildVectorFiles();
  return Promise.resolve(
    files.map((file) => ({ path: `spec/vectors/${file.provider}.json`, text: render(file) })),
  );
}
