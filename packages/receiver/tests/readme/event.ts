import assert from "node:assert/strict";
import {
  answerHandshake,
  eventTypeOf,
  headersFromRecord,
  idempotencyKeyOf,
  lazyContent,
  slack,
} from "@ringdown/receiver";

const headers = headersFromRecord({ "content-type": "application/json" });
const body = new TextEncoder().encode(
  '{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}',
);

// Parsed once, when the first of these asks for it.
const content = lazyContent(body, headers.get("content-type"));
assert.equal(eventTypeOf(slack, { headers, content }), "app_mention");
assert.equal(idempotencyKeyOf(slack, { headers, content }), "Ev1");

// Slack's url_verification would be answered here, and only to a verified request.
const verified = { status: "verified", secretIndex: 0 } as const;
assert.equal(answerHandshake(slack, { method: "POST", headers, content }, verified), undefined);
