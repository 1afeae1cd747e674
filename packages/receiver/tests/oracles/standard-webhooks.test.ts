/**
 * Oracles: `standardwebhooks` and `svix`, which sign and verify. Both look at the real clock, so
 * theirs is set for the file. Both decode the body to text first; the last test shows what that
 * costs and that we do not.
 */
import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  generateSecret,
  signRequest,
  signStandard,
  standardWebhooks,
  svix,
  verifyStandardWebhook,
} from "../../src/index.ts";
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

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";

const families = [
  {
    name: "standardwebhooks",
    prefix: "webhook",
    provider: standardWebhooks,
    Oracle: StandardWebhook,
  },
  { name: "svix", prefix: "svix", provider: svix, Oracle: SvixWebhook },
  {
    name: "svix with the unbranded headers",
    prefix: "webhook",
    provider: svix,
    Oracle: SvixWebhook,
  },
] as const;

beforeAll(() => {
  vi.useFakeTimers({ now: NOW_MS, toFake: ["Date"] });
});

afterAll(() => {
  vi.useRealTimers();
});

function headersOf(prefix: string, signature: string): Record<string, string> {
  return {
    [`${prefix}-id`]: ID,
    [`${prefix}-timestamp`]: String(NOW_S),
    [`${prefix}-signature`]: signature,
  };
}

describe.each(families)("$name", ({ prefix, provider, Oracle }) => {
  const oracle = new Oracle(SECRET);
  const signedBy = (body: string): string => oracle.sign(ID, new Date(NOW_MS), body);

  test("[I4] what it signs is verified, for any text", () => {
    fc.assert(
      fc.property(textBody, (body) => {
        const headers = headersOf(prefix, signedBy(body));
        expect(verify(provider.recipe, [SECRET], { headers, body }).status).toBe("verified");
      }),
    );
  });

  test("[I4] one flipped bit in the body or any of its headers is refused", () => {
    fc.assert(
      fc.property(textBody, bitPosition, fc.nat(3), (text, position, part) => {
        const headers = headersOf(prefix, signedBy(text));
        const name = Object.keys(headers)[part];
        if (name !== undefined) headers[name] = flipBitInText(headers[name] ?? "", position);
        const body = name === undefined ? flipBit(bytesOf(text), position) : text;
        expect(verify(provider.recipe, [SECRET], { headers, body }).status).toBe("failed");
      }),
    );
  });

  test("what we sign is verified by it, for any JSON", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const body = bytesOf(json);
        const signature = signStandard({ id: ID, timestampS: NOW_S, body, secrets: [SECRET] });
        expect(signature).toBe(signedBy(json));
        expect(() => oracle.verify(json, headersOf(prefix, signature))).not.toThrow();
      }),
    );
  });

  test("it verifies with the old secret and with the new one while we rotate", () => {
    const secrets = [generateSecret(), SECRET];
    const body = bytesOf("{}");
    const signature = signStandard({ id: ID, timestampS: NOW_S, body, secrets });
    for (const secret of secrets) {
      const verifying = new Oracle(secret);
      expect(() => verifying.verify("{}", headersOf(prefix, signature))).not.toThrow();
    }
  });
});

test.each(families.slice(0, 2))("$name verifies our sample request", ({ provider, Oracle }) => {
  const { headers, body } = makeSampleRequest({
    provider: provider.name,
    type: "contact.created",
    secret: SECRET,
    nowMs: NOW_MS,
    id: "1",
  });
  const oracle = new Oracle(SECRET);
  expect(() => oracle.verify(Buffer.from(body), { ...headers } as never)).not.toThrow();
});

test("the general signer and the fast one agree", () => {
  const body = bytesOf('{"type":"ping"}');
  const headers = signRequest(standardWebhooks, { secret: SECRET, body, nowMs: NOW_MS, id: ID });
  const signature = signStandard({ id: ID, timestampS: NOW_S, body, secrets: [SECRET] });
  expect(headers).toEqual(headersOf("webhook", signature));
});

test("the example of the specification's libraries verifies", () => {
  const body = '{"test": 2432232314}';
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const nowMs = 1_614_265_330_000;
  const result = verifyStandardWebhook({ headers, body: bytesOf(body), secrets: [SECRET], nowMs });
  expect(result).toEqual({ status: "verified", secretIndex: 0, ageMs: 0 });
});

test("[I4] {ff} and {fe} share a signature in the oracles, and none with us", () => {
  const [left, right] = [Uint8Array.of(0xff), Uint8Array.of(0xfe)] as const;
  const sign = (body: Uint8Array): string =>
    signStandard({ id: ID, timestampS: NOW_S, body, secrets: [SECRET] });
  const theirs = new StandardWebhook(SECRET);
  const signedByThem = (body: Uint8Array): string =>
    theirs.sign(ID, new Date(NOW_MS), Buffer.from(body));

  expect(signedByThem(left)).toBe(signedByThem(right));
  expect(sign(left)).not.toBe(sign(right));
  const headers = headersOf("webhook", signedByThem(left));
  expect(verify(standardWebhooks.recipe, [SECRET], { headers, body: right }).status).toBe("failed");
});
