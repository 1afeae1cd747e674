import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findRanges } from "../encoding/json-ranges.ts";
import { headersFromRecord } from "../headers.ts";
import { getProvider } from "../providers/registry.ts";
import { type EventItem, splitEvents } from "./split.ts";

function split(name: string, body: string): readonly EventItem[] | undefined {
  const bytes = new TextEncoder().encode(body);
  return splitEvents(getProvider(name), { headers: headersFromRecord({}), body: bytes });
}

function shown(items: readonly EventItem[] | undefined): unknown {
  return items?.map(({ body, eventType, idempotencyKey }) => [
    Buffer.from(body).toString(),
    eventType,
    idempotencyKey,
  ]);
}

describe("items", () => {
  test("[I4] are the bytes that were sent: spaces, escapes and long numbers stay", () => {
    const first = '{ "event" : "open", "sg_event_id":"a\\u0031", "n": 12345678901234567890 }';
    const second = '{"event":"click","sg_event_id":"b","text":"]},{\\""}';
    expect(shown(split("sendgrid", `\r\n[ ${first} ,${second}]\r\n`))).toEqual([
      [first, "open", "a1"],
      [second, "click", "b"],
    ]);
  });

  test.each([
    ["hubspot", '[{"subscriptionType":"contact.creation","eventId":7}]', "contact.creation", "7"],
    [
      "adyen",
      '{"notificationItems":[{"NotificationRequestItem":{"eventCode":"REFUND","pspReference":"p"}}]}',
      "REFUND",
      "p.REFUND",
    ],
    [
      "okta",
      '{"data":{"events":[{"eventType":"user.session.start","uuid":"u"}]}}',
      "user.session.start",
      "u",
    ],
    ["auth0", '{"logs":[{"log_id":"l","data":{"type":"s"}}]}', "s", "l"],
    ["auth0", '[{"log_id":"l","data":{"type":"s"}}]', "s", "l"],
    [
      "meta",
      '{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"wamid.1"}]}}]}]}',
      "messages",
      "wamid.1",
    ],
    [
      "meta",
      '{"entry":[{"changes":[{"field":"messages","value":{"statuses":[{"id":"w","status":"read"}]}}]}]}',
      "messages",
      "w.read",
    ],
    ["meta", '{"entry":[{"messaging":[{"message":{"mid":"m"}}]}]}', "message", "m"],
    ["line", '{"events":[{"type":"follow","webhookEventId":"w"}]}', "follow", "w"],
    [
      "xero",
      '{"events":[{"eventCategory":"INVOICE","eventType":"UPDATE","resourceId":"r","eventDateUtc":"d"}]}',
      "INVOICE.UPDATE",
      "r.UPDATE.d",
    ],
    [
      "gocardless",
      '{"events":[{"resource_type":"payments","action":"paid_out","id":"EV1"}]}',
      "payments.paid_out",
      "EV1",
    ],
    [
      "asana",
      '{"events":[{"action":"changed","resource":{"resource_type":"task"}}]}',
      "task.changed",
      undefined,
    ],
    ["microsoft-graph", '{"value":[{"changeType":"created","id":"i"}]}', "created", "i"],
  ])("of %s have their own type and key: %s", (...[name, body, type, key]) => {
    expect(split(name, body)?.map((item) => [item.eventType, item.idempotencyKey])).toEqual([
      [type, key],
    ]);
  });

  test("an empty list is a batch without events", () => {
    expect(split("line", '{"events":[]}')).toEqual([]);
  });
});

describe("the request stays whole", () => {
  test.each([
    ["stripe", '{"type":"invoice.paid"}', "the provider sends no batches"],
    ["line", "not JSON", "it is no JSON"],
    ["line", '{"events":{}}', "the list is none"],
    ["line", "{}", "the list is missing"],
    ["meta", '{"entry":[{"changes":[{}]},{"standby":[{}]}]}', "an entry would be lost"],
    ["adyen", '{"notificationItems":[{"Other":{}}]}', "an item is wrapped in something else"],
    ["sendgrid", `[${"1,".repeat(10_000)}1]`, "there are too many"],
  ])("%s: %s", (name, body) => {
    expect(split(name, body)).toBeUndefined();
  });
});

test("[I12] of repeated names the last counts, as for JSON.parse", () => {
  expect(shown(split("line", '{"events":[{"type":"a"}],"\\u0065vents":[{"type":"b"}]}'))).toEqual([
    ['{"type":"b"}', "b", undefined],
  ]);
});

test("ranges hold what JSON.parse finds, for any JSON", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.nat(3), (values, indent) => {
      const text = JSON.stringify({ a: [0], items: values, b: "]" }, undefined, indent);
      const bytes = new TextEncoder().encode(text);
      const found = findRanges(bytes, ["items", "*"]).map(({ start, end }) =>
        JSON.stringify(JSON.parse(Buffer.from(bytes.subarray(start, end)).toString())),
      );
      expect(found).toEqual(values.map((value) => JSON.stringify(value)));
    }),
  );
});
