/** Oracles: `@octokit/webhooks-methods` signs and verifies, `@octokit/webhooks-examples` has real bodies. */
import { sign, verify as octokitVerify } from "@octokit/webhooks-methods";
import examplesModule from "@octokit/webhooks-examples" with { type: "json" };
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  eventTypeOf,
  github,
  headersFromRecord,
  idempotencyKeyOf,
  lazyContent,
  signRequest,
} from "../../src/index.ts";
import { listSamples, makeSampleRequest } from "../../src/samples/index.ts";
import {
  bitPosition,
  bytesOf,
  flipBit,
  flipBitInText,
  NOW_MS,
  textBody,
  verify,
} from "../verify.ts";

const SECRET = "It's a Secret to Everybody";

type Example = { readonly name: string; readonly examples: readonly Record<string, unknown>[] };

// The package's types declare the module as its own content.
const examples = examplesModule as unknown as readonly Example[];

const bodies = examples.flatMap(({ name, examples: objects }) =>
  objects.map((object) => ({ name, object, text: JSON.stringify(object) })),
);

test("the published test vector of GitHub's documentation verifies", () => {
  const headers = {
    "x-hub-signature-256":
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
  };
  expect(verify(github.recipe, [SECRET], { headers, body: "Hello, World!" }).status).toBe(
    "verified",
  );
});

test("[I4] what octokit signs is verified, for any text", async () => {
  await fc.assert(
    fc.asyncProperty(textBody, async (body) => {
      const headers = { "x-hub-signature-256": await sign(SECRET, body) };
      expect(verify(github.recipe, [SECRET], { headers, body }).status).toBe("verified");
    }),
  );
});

test("[I4] one flipped bit in what octokit signed is refused", async () => {
  await fc.assert(
    fc.asyncProperty(textBody, bitPosition, async (text, position) => {
      const signature = await sign(SECRET, text);
      const body = flipBit(bytesOf(text), position);
      const headers = { "x-hub-signature-256": signature };
      expect(verify(github.recipe, [SECRET], { headers, body }).status).toBe("failed");

      const changed = flipBitInText(signature, position);
      fc.pre(changed.toLowerCase() !== signature.toLowerCase());
      const other = { "x-hub-signature-256": changed };
      expect(verify(github.recipe, [SECRET], { headers: other, body: text }).status).toBe("failed");
    }),
  );
});

test("what we sign is verified by octokit, for any text", async () => {
  await fc.assert(
    fc.asyncProperty(textBody, async (text) => {
      const headers = signRequest(github, { secret: SECRET, body: bytesOf(text), nowMs: NOW_MS });
      const signature = headers["x-hub-signature-256"] ?? "";
      expect(await octokitVerify(SECRET, text, signature)).toBe(true);
    }),
  );
});

describe("real bodies", () => {
  test("there are more than two hundred of them", () => {
    expect(bodies.length).toBeGreaterThan(200);
  });

  test("each one that octokit signs is verified, and named as octokit names its events", async () => {
    for (const { name, object, text } of bodies) {
      const record = { "x-hub-signature-256": await sign(SECRET, text), "x-github-event": name };
      expect(verify(github.recipe, [SECRET], { headers: record, body: text }).status).toBe(
        "verified",
      );

      const headers = headersFromRecord(record);
      const content = lazyContent(bytesOf(text), "application/json");
      const action = object["action"];
      const expected = typeof action === "string" ? `${name}.${action}` : name;
      expect(eventTypeOf(github, { headers, content })).toBe(expected);
    }
  });

  test("each one is also read from a webhook of content type form", () => {
    for (const { name, object, text } of bodies) {
      const form = bytesOf(new URLSearchParams({ payload: text }).toString());
      const headers = headersFromRecord({ "x-github-event": name, "x-github-delivery": "guid-1" });
      const content = lazyContent(form, "application/x-www-form-urlencoded");
      const action = object["action"];
      const expected = typeof action === "string" ? `${name}.${action}` : name;
      expect(eventTypeOf(github, { headers, content })).toBe(expected);
      expect(idempotencyKeyOf(github, { headers, content })).toBe("guid-1");
    }
  });

  const samples = listSamples().filter(({ provider }) => provider === "github");
  test.each(samples)("the sample $type has the fields that real ones always have", ({ type }) => {
    const [name, action] = type.split(".");
    const real = bodies.filter(
      (one) => one.name === name && (action === undefined || one.object["action"] === action),
    );
    const common = Object.keys(real[0]!.object).filter((key) =>
      real.every(({ object }) => key in object),
    );
    const options = { provider: "github", type, secret: SECRET, nowMs: NOW_MS, id: "1" };
    const sample: unknown = JSON.parse(Buffer.from(makeSampleRequest(options).body).toString());
    expect(Object.keys(sample as object)).toEqual(expect.arrayContaining(common));
  });
});
