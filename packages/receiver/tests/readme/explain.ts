import assert from "node:assert/strict";
import { explain, headersFromRecord, shopify, signRequest } from "@ringdown/receiver";

const encoder = new TextEncoder();
const secret = "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";
const nowMs = Date.now();

// Signed by the sender as compact JSON; a proxy parsed it and wrote it again.
const headers = signRequest(shopify, { secret, body: encoder.encode('{"id":1}'), nowMs });
const explanation = explain(shopify.recipe, [secret], {
  method: "POST",
  url: "/shopify",
  headers: headersFromRecord(headers),
  body: encoder.encode('{ "id": 1 }'),
  nowMs,
});

assert.deepEqual(explanation.matchesIf, [
  {
    kind: "body",
    condition: "the JSON is compact: something parsed the body and wrote it again with spaces",
    secretIndex: 0,
  },
]);
for (const { title, detail } of explanation.steps) console.log(`${title}: ${detail}`);
