/** Writes `spec/vectors/*.json`: node packages/receiver/tests/vectors/generate.ts */
import { writeFileSync } from "node:fs";
import { buildVectorFiles, render, VECTOR_FOLDER } from "./build-vectors.ts";

for (const file of buildVectorFiles()) {
  writeFileSync(new URL(`${file.provider}.json`, VECTOR_FOLDER), render(file));
}
