import assert from "node:assert/strict";
import { headersFromRecord, sendgrid, splitEvents } from "@ringdown/receiver";

const headers = headersFromRecord({ "content-type": "application/json" });
const body = new TextEncoder().encode(
  '[{"event":"delivered","sg_event_id":"a"}, {"event":"open","sg_event_id":"b"}]',
);

// After the request as a whole has verified. Each item is a view on the bytes as received.
const items = splitEvents(sendgrid, { headers, body }) ?? [];
assert.deepEqual(
  items.map(({ eventType, idempotencyKey }) => [eventType, idempotencyKey]),
  [
    ["delivered", "a"],
    ["open", "b"],
  ],
);
