import assert from "node:assert/strict";
import { createStandardSigner, generateSecret, verifyStandardWebhook } from "@ringdown/receiver";

const secret = generateSecret(); // whsec_…
const signer = createStandardSigner([secret]);

const nowMs = Date.now();
const timestampS = Math.floor(nowMs / 1000);
const body = new TextEncoder().encode('{"type":"contact.created"}');

const headers = {
  "webhook-id": "msg_1",
  "webhook-timestamp": String(timestampS),
  "webhook-signature": signer.sign("msg_1", timestampS, body),
};
const result = verifyStandardWebhook({ headers, body, secrets: [secret], nowMs });
assert.equal(result.status, "verified");
