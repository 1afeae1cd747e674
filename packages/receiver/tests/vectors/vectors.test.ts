/** Holds the verifier to every vector of `spec/vectors`, and the files to what generates them. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  compileVerifier,
  getProvider,
  headersFromRaw,
  type KeyRequest,
  listProviders,
} from "../../src/index.ts";
import { buildVectorFiles, render, VECTOR_FOLDER } from "./build-vectors.ts";
import type { Vector, VectorFile } from "./vector.ts";

const names = readdirSync(VECTOR_FOLDER).filter((name) => name.endsWith(".json"));
const files = names.map((name) => JSON.parse(read(name)) as VectorFile);

function read(name: string): string {
  return readFileSync(new URL(name, VECTOR_FOLDER), "utf8");
}

function verify(provider: string, vector: Vector): unknown {
  return compileVerifier(getProvider(provider).recipe, vector.secrets).verify({
    method: vector.method,
    url: vector.url,
    headers: headersFromRaw(vector.headers.flat()),
    body: Buffer.from(vector.bodyBase64, "base64"),
    nowMs: vector.nowMs,
    ...(vector.keys !== undefined && { keys: ({ id }: KeyRequest) => vector.keys?.[id] }),
  });
}

test("every provider has vectors", () => {
  expect(names.toSorted()).toEqual(
    listProviders()
      .map(({ name }) => `${name}.json`)
      .toSorted(),
  );
});

test("the committed vectors are the generated ones", () => {
  for (const file of buildVectorFiles()) expect(read(`${file.provider}.json`)).toBe(render(file));
});

test("names of vectors are unique within a file", () => {
  for (const { vectors } of files) {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
  }
});

for (const { provider, vectors } of files) {
  describe(`[I4] ${provider}`, () => {
    test.each(vectors.map((vector) => ({ ...vector })))("$name", (vector) => {
      const result = verify(provider, vector);
      if (vector.expect.status === "failed") expect(result).toMatchObject(vector.expect);
      else expect(result).toEqual(vector.expect);
    });
  });
}
