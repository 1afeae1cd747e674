import { expect, test } from "vitest";
import { configOf, destination, storedRequest } from "../../tests/support/delivery-fixtures.ts";
import { orderKeyOf } from "./order-key.ts";

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
