/** Oracle: `verifySlackRequest` of `@slack/bolt`. It signs nothing, so what it accepts is what counts. */
import { verifySlackRequest } from "@slack/bolt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { signRequest, slack } from "../../src/index.ts";
import { makeSampleRequest } from "../../src/samples/index.ts";
import { bitPosition, bytesOf, flipBit, NOW_MS, NOW_S, textBody, verify } from "../verify.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

type Headers = { readonly [name: string]: string };

function boltAccepts(headers: Headers, body: string): boolean {
  try {
    verifySlackRequest({
      signingSecret: SECRET,
      body,
      headers: {
        "x-slack-signature": headers["x-slack-signature"] ?? "",
        "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]),
      },
      nowMilliseconds: NOW_MS,
    });
    return true;
  } catch {
    return false;
  }
}

test("the published test vector of Slack's documentation verifies", () => {
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const headers = {
    "x-slack-request-timestamp": "1531420618",
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
  };
  const nowMs = 1_531_420_618_000;
  expect(verify(slack.recipe, [SECRET], { headers, body, nowMs }).status).toBe("verified");
});

test("what we sign is verified by bolt and by us, for any text", () => {
  fc.assert(
    fc.property(textBody, (text) => {
      const body = bytesOf(text);
      const headers = signRequest(slack, { secret: SECRET, body, nowMs: NOW_MS });
      expect(boltAccepts(headers, text)).toBe(true);
      expect(verify(slack.recipe, [SECRET], { headers, body }).status).toBe("verified");
    }),
  );
});

test("[I4] bolt and we refuse the same flipped bits in the body", () => {
  fc.assert(
    fc.property(textBody, bitPosition, (text, position) => {
      const headers = signRequest(slack, { secret: SECRET, body: bytesOf(text), nowMs: NOW_MS });
      const body = flipBit(bytesOf(text), position);
      expect(boltAccepts(headers, Buffer.from(body).toString())).toBe(false);
      expect(verify(slack.recipe, [SECRET], { headers, body }).status).toBe("failed");
    }),
  );
});

test("bolt and we agree about age; only we refuse the future as well", () => {
  const check = (ageS: number): readonly boolean[] => {
    const body = bytesOf("{}");
    const headers = signRequest(slack, { secret: SECRET, body, nowMs: (NOW_S - ageS) * 1000 });
    const ours = verify(slack.recipe, [SECRET], { headers, body });
    return [boltAccepts(headers, "{}"), ours.status === "verified"];
  };
  expect(check(300)).toEqual([true, true]);
  expect(check(301)).toEqual([false, false]);
  expect(check(-301)).toEqual([true, false]);
});

test.each(["app_mention", "url_verification"])("bolt verifies the sample %s", (type) => {
  const options = { provider: "slack", type, secret: SECRET, nowMs: NOW_MS, id: "1" };
  const { headers, body } = makeSampleRequest(options);
  expect(boltAccepts(headers, Buffer.from(body).toString())).toBe(true);
});
