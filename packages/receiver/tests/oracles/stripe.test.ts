/** Oracle: the package `stripe`, which signs test headers and verifies. */
import fc from "fast-check";
import Stripe from "stripe";
import { expect, test } from "vitest";
import { signRequest, stripe } from "../../src/index.ts";
import { makeSampleRequest } from "../../src/samples/index.ts";
import {
  bitPosition,
  bytesOf,
  flipBit,
  flipBitInText,
  NOW_MS,
  NOW_S,
  textBody,
  verify,
} from "../verify.ts";

const { webhooks } = new Stripe("sk_test_unused");
const SECRET = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";
const OLD_SECRET = "whsec_11aa22bb33cc44dd55ee66ff77889900";
const TOLERANCE_S = 300;

function headerBy(payload: string, options: { secret?: string; timestamp?: number } = {}): string {
  return webhooks.generateTestHeaderString({
    payload,
    secret: SECRET,
    timestamp: NOW_S,
    ...options,
  });
}

test("[I4] what stripe signs is verified, for any text", () => {
  fc.assert(
    fc.property(textBody, (body) => {
      const headers = { "stripe-signature": headerBy(body) };
      expect(verify(stripe.recipe, [SECRET], { headers, body })).toEqual({
        status: "verified",
        secretIndex: 0,
        ageMs: 0,
      });
    }),
  );
});

test("[I4] one flipped bit in what stripe signed is refused", () => {
  fc.assert(
    fc.property(textBody, bitPosition, (text, position) => {
      const headers = { "stripe-signature": headerBy(text) };
      const body = flipBit(bytesOf(text), position);
      expect(verify(stripe.recipe, [SECRET], { headers, body }).status).toBe("failed");
    }),
  );
});

test("[I4] one flipped bit in stripe's header is refused", () => {
  fc.assert(
    fc.property(textBody, bitPosition, (body, position) => {
      const header = headerBy(body);
      const changed = flipBitInText(header, position);
      // Letters of hexadecimal digits mean the same in both cases.
      fc.pre(changed.toLowerCase() !== header.toLowerCase());
      const headers = { "stripe-signature": changed };
      expect(verify(stripe.recipe, [SECRET], { headers, body }).status).toBe("failed");
    }),
  );
});

test("what we sign is verified by stripe, for any JSON", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const body = bytesOf(json);
      const headers = signRequest(stripe, { secret: SECRET, body, nowMs: NOW_MS });
      const construct = (): unknown =>
        webhooks.constructEvent(
          Buffer.from(body),
          headers["stripe-signature"] ?? "",
          SECRET,
          TOLERANCE_S,
          undefined,
          NOW_MS,
        );
      expect(construct).not.toThrow();
    }),
  );
});

test.each([
  "checkout.session.completed",
  "payment_intent.succeeded",
  "charge.refunded",
  "invoice.paid",
  "customer.subscription.deleted",
])("stripe accepts the sample %s as an event of that type", (type) => {
  const request = makeSampleRequest({
    provider: "stripe",
    type,
    secret: SECRET,
    nowMs: NOW_MS,
    id: "1",
  });
  const event = webhooks.constructEvent(
    Buffer.from(request.body),
    request.headers["stripe-signature"] ?? "",
    SECRET,
    TOLERANCE_S,
    undefined,
    NOW_MS,
  );
  expect(event).toMatchObject({ id: "evt_1", object: "event", type });
});

test("during a rotation, a header with both signatures verifies with either secret", () => {
  const body = "{}";
  const [, current] = headerBy(body).split(",");
  const headers = { "stripe-signature": `${headerBy(body, { secret: OLD_SECRET })},${current}` };
  for (const secret of [SECRET, OLD_SECRET]) {
    expect(verify(stripe.recipe, [secret], { headers, body }).status).toBe("verified");
  }
});

test("both refuse what is older than the tolerance; only we refuse the future as well", () => {
  const body = "{}";
  const check = (ageS: number): { theirs: string; ours: string } => {
    const header = headerBy(body, { timestamp: NOW_S - ageS });
    const ours = verify(stripe.recipe, [SECRET], { headers: { "stripe-signature": header }, body });
    try {
      webhooks.constructEvent(body, header, SECRET, TOLERANCE_S, undefined, NOW_MS);
      return { theirs: "verified", ours: ours.status };
    } catch {
      return { theirs: "failed", ours: ours.status };
    }
  };
  expect(check(300)).toEqual({ theirs: "verified", ours: "verified" });
  expect(check(301)).toEqual({ theirs: "failed", ours: "failed" });
  expect(check(-301)).toEqual({ theirs: "verified", ours: "failed" });
});
