import assert from "node:assert/strict";
import { compileVerifier, genericRecipe, headersFromRecord } from "@ringdown/receiver";

// X-Acme-Signature: t=1764000000,sig=<base64>  over  <t>.<method>.<body>
const recipe = genericRecipe({
  header: "x-acme-signature",
  list: { separator: ",", assign: "=", key: "sig" },
  encoding: "base64",
  timestamp: { field: "t", unit: "s", toleranceMs: 60_000 },
  signed: "{timestamp}.{method}.{body}",
});

const verifier = compileVerifier(recipe, ["a key shared with Acme"], {
  allowAddresses: ["192.0.2.0/24", "2001:db8::/32"], // besides the signature
});

const result = verifier.verify({
  method: "POST",
  url: "/acme",
  headers: headersFromRecord({}),
  body: new Uint8Array(0),
  nowMs: Date.now(),
  remoteAddress: "192.0.2.7",
});
assert.equal(
  result.status === "failed" && result.message,
  "The header x-acme-signature is missing.",
);
