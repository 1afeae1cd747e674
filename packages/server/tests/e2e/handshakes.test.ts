/** What providers ask before they send anything, asked of a whole gateway as they ask it. */
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Answer,
  type RunningGateway,
  send,
  startGateway,
} from "../support/running-gateway.ts";

const SECRET = "a secret of the provider";
const VERIFY_TOKEN = "agreed upon with Meta";
const discordKeys = generateKeyPairSync("ed25519");
/** The last 32 bytes of the DER form are the key itself (RFC 8410 section 4). */
const DISCORD_KEY = discordKeys.publicKey
  .export({ format: "der", type: "spki" })
  .subarray(-32)
  .toString("hex");

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({
    sources: {
      meta: { provider: "meta", verify: { secret: SECRET, handshakeToken: VERIFY_TOKEN } },
      untold: { provider: "meta", verify: { secret: SECRET } },
      dropbox: { provider: "dropbox", verify: { secret: SECRET } },
      zoom: { provider: "zoom", verify: { secret: SECRET } },
      x: { provider: "x", verify: { secret: SECRET } },
      discord: { provider: "discord", verify: { secret: DISCORD_KEY } },
      lenient: { provider: "discord", verify: { secret: DISCORD_KEY }, onFailed: "quarantine" },
      asana: { provider: "asana", verify: { secret: SECRET } },
    },
  });
});
afterAll(() => gateway.dispose());

const ask = (place: string, query: Record<string, string>): Promise<Answer> =>
  send(`${gateway.url}/in/${place}?${new URLSearchParams(query).toString()}`, { method: "GET" });

const hex = (text: string): string => createHmac("sha256", SECRET).update(text).digest("hex");

async function keptFor(
  answer: Answer,
): Promise<{ readonly outcome: string; readonly status: string }> {
  const kept = await gateway.api("GET", `/requests/${String(answer.headers["ringdown-request"])}`);
  return { outcome: kept.outcome, status: kept.verification.status };
}

test("Meta's challenge is echoed to whoever knows the token, and to nobody else", async () => {
  const asked = { "hub.mode": "subscribe", "hub.challenge": "1158201444" };
  const right = await ask("meta", { ...asked, "hub.verify_token": VERIFY_TOKEN });
  expect(right).toMatchObject({ status: 200, text: "1158201444" });
  expect(await keptFor(right)).toEqual({ outcome: "accepted", status: "unverified" });

  const wrong = await ask("meta", { ...asked, "hub.verify_token": "guessed" });
  expect(wrong.status).toBe(401);
  const untold = await ask("untold", { ...asked, "hub.verify_token": "" });
  expect(untold.status).toBe(401);
});

test("[I8] the token agreed upon is a secret like any other", async () => {
  const source = await gateway.api("GET", "/sources/meta");
  expect(JSON.stringify(source)).not.toContain(VERIFY_TOKEN);
});

test("[I12] Dropbox's challenge is echoed as text that no browser takes for markup", async () => {
  const answer = await ask("dropbox", { challenge: "mJ9-Rk" });
  expect(answer).toMatchObject({ status: 200, text: "mJ9-Rk" });
  expect(answer.headers).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  const markup = await ask("dropbox", { challenge: "<script>alert(1)</script>" });
  expect(markup.status).toBe(401);
  expect(markup.text).not.toContain("<script>");
});

test("Zoom's token is answered with its HMAC, if the question is signed", async () => {
  const body = JSON.stringify({
    event: "endpoint.url_validation",
    payload: { plainToken: "qgg8vlvZ" },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    "x-zm-request-timestamp": timestamp,
    "x-zm-signature": `v0=${hex(`v0:${timestamp}:${body}`)}`,
  };
  const answer = await gateway.post("zoom", { body, headers });
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ plainToken: "qgg8vlvZ", encryptedToken: hex("qgg8vlvZ") });
  const unsigned = await gateway.post("zoom", { body });
  expect(unsigned.status).toBe(401);
});

test("X's challenge is answered with its HMAC, and no message is ever signed that way", async () => {
  const answer = await ask("x", { crc_token: "MTczMDAwMDAwMA" });
  const mac = createHmac("sha256", SECRET).update("MTczMDAwMDAwMA").digest("base64");
  expect(answer.json).toEqual({ response_token: `sha256=${mac}` });
  expect((await ask("x", { crc_token: '{"tweet_create_events":[]}' })).status).toBe(401);
});

test("Discord's ping is answered, and its probes with wrong signatures get 401 whatever is kept", async () => {
  const body = '{"type":1}';
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign(null, Buffer.from(timestamp + body), discordKeys.privateKey);
  const headers = {
    "x-signature-timestamp": timestamp,
    "x-signature-ed25519": signature.toString("hex"),
  };
  const pong = await gateway.post("discord", { body, headers });
  expect(pong).toMatchObject({ status: 200, text: '{"type":1}' });

  const probe = { ...headers, "x-signature-ed25519": "0".repeat(128) };
  expect((await gateway.post("discord", { body, headers: probe })).status).toBe(401);
  const quarantined = await gateway.post("lenient", { body, headers: probe });
  expect(quarantined.status).toBe(401);
  expect(await keptFor(quarantined)).toMatchObject({ outcome: "quarantined" });
});

test("a secret that is handed over is not taken from a stranger once there is one", async () => {
  const answer = await gateway.post("asana", {
    body: "",
    headers: { "x-hook-secret": "0123456789ab" },
  });
  expect(answer.status).toBe(401);
  expect(answer.headers["x-hook-secret"]).toBeUndefined();
});

test("[I10] handshakes that anybody may ask for are kept at a bounded rate", async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, at) => ask("dropbox", { challenge: `c${at}` })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
});
