import assert from "node:assert/strict";
import { compileVerifier, github, headersFromRecord, signRequest } from "@ringdown/receiver";

const verifier = compileVerifier(github.recipe, ["the new secret", "the old secret"]);

// A delivery that GitHub signed before you changed the secret there.
const body = new TextEncoder().encode('{"zen":"Keep it logically awesome."}');
const headers = signRequest(github, { secret: "the old secret", body, nowMs: Date.now() });

const result = verifier.verify({
  method: "POST",
  url: "/github",
  headers: headersFromRecord(headers),
  body,
  nowMs: Date.now(),
});
assert.deepEqual(result, { status: "verified", secretIndex: 1 });
