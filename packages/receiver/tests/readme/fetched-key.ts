import assert from "node:assert/strict";
import { awsSns, compileVerifier, headersFromRecord, verifyWithKeys } from "@ringdown/receiver";

// Every AWS account can have AWS sign: name the topics that may send.
const verifier = compileVerifier(awsSns.recipe, ["arn:aws:sns:eu-central-1:123456789012:orders"]);

const message = {
  Type: "Notification",
  SignatureVersion: "2",
  Signature: "AAAA",
  SigningCertURL: "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem",
  MessageId: "1",
  TopicArn: "arn:aws:sns:eu-central-1:123456789012:orders",
  Timestamp: "2025-11-24T16:00:00.000Z",
  Message: "{}",
};
const input = {
  method: "POST",
  url: "https://hooks.example.com/sns",
  headers: headersFromRecord({}),
  body: new TextEncoder().encode(JSON.stringify(message)),
  nowMs: Date.now(),
};

// The host was checked; bound the size, the time and the number of what you fetch, and cache it.
const certificates = new Map<string, string>();
const result = await verifyWithKeys(verifier, input, ({ id }) =>
  Promise.resolve(certificates.get(id)),
);
assert.equal(result.status === "failed" && result.reason, "key_needed"); // answer 503
