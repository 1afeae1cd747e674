import { expect, test } from "vitest";
import { configOf, destination, storedRequest } from "../../tests/support/delivery-fixtures.ts";
import { burstKey, isBurstKey, orderKeyOf, routeNoOf } from "./order-key.ts";

const config = configOf([]);
const event = storedRequest({ body: Buffer.from('{"customer":"c1"}') });

test("the key is what the destination makes of the event", () => {
  const ordered = destination({
    orderKeyOf: (context) => (context.json() as { customer: string }).customer,
  });
  expect(orderKeyOf(config, ordered, event)).toBe("c1");
});

test("no expression, no result and an empty result mean no order", () => {
  expect(orderKeyOf(config, destination(), event)).toBeUndefined();
  expect(orderKeyOf(config, destination({ orderKeyOf: () => undefined }), event)).toBeUndefined();
  expect(orderKeyOf(config, destination({ orderKeyOf: () => "" }), event)).toBeUndefined();
  expect(orderKeyOf(config, undefined, event)).toBeUndefined();
});

test("a key of a burst is short, knows its route, and is never an order key", () => {
  expect(routeNoOf(burstKey(42, "a:b"))).toBe(42);
  expect(burstKey(1, "x")).not.toBe(burstKey(11, "x"));
  const long = [burstKey(1, "a".repeat(10_000)), burstKey(1, `${"a".repeat(10_000)}b`)];
  expect(new Set(long).size).toBe(2);
  for (const key of long) expect(key.length).toBeLessThan(80);
  const hostile = destination({ orderKeyOf: () => burstKey(1, "x") });
  expect(isBurstKey(orderKeyOf(config, hostile, event) ?? "")).toBe(false);
});
