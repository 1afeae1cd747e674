import assert from "node:assert/strict";
import { compileVerifier, headersFromRecord, stripe } from "@ringdown/receiver";
import { makeSampleRequest } from "@ringdown/receiver/samples";

const secret = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";
const nowMs = Date.now();

const { method, headers, body } = makeSampleRequest({
  provider: "stripe",
  type: "checkout.session.completed",
  secret,
  nowMs,
  id: "1", // the same id twice is the same event twice
  overrides: { data: { object: { amount_total: 1200 } } },
});

const result = compileVerifier(stripe.recipe, [secret]).verify({
  method,
  url: "/stripe",
  headers: headersFromRecord(headers),
  body,
  nowMs,
});
assert.equal(result.status, "verified");
