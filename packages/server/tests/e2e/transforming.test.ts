/** Transformations and success conditions through a whole gateway. */
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type Destination,
  type Item,
  type RunningGateway,
  startDestination,
  startGateway,
} from "../support/running-gateway.ts";

const SIGNING_KEY = Buffer.alloc(32, 7);
const TRANSFORM = {
  body: { text: "${{ body.name }} paid ${{ body.amount / 100 }}", amount: "${{ body.amount }}" },
  headers: { "X-Event": "${{ eventId }}" },
};

let destination: Destination;
let gateway: RunningGateway;

beforeEach(async () => {
  destination = await startDestination();
  gateway = await startGateway({
    sources: { shop: { verify: "none" } },
    destinations: {
      chat: {
        url: `${destination.url}/chat`,
        allowPrivate: true,
        sign: { secret: `whsec_${SIGNING_KEY.toString("base64")}` },
        retry: { schedule: ["20ms"] },
        success: "status == 200 && body.ok == true || status == 409",
      },
    },
    routes: { paid: { from: "shop", to: "chat", transform: TRANSFORM } },
  });
  destination.replyTo = () => ({ status: 200, body: '{"ok":true}' });
});

afterEach(async () => {
  await gateway.dispose();
  await destination.close();
});

async function send(body: string): Promise<string> {
  const headers = { "content-type": "application/json", "x-signature": "theirs" };
  const answer = await gateway.post("shop", { body, headers });
  expect(answer.status).toBe(200);
  return answer.json.id;
}

async function attemptsOf({ id }: Item): Promise<readonly Item[]> {
  return (await gateway.api("GET", `/deliveries/${id}/attempts`)).data;
}

test("the destination gets what the template makes, and its signature is over those bytes", async () => {
  const eventId = await send('{"name":"Ann \\"A\\"","amount":1250}');
  await gateway.deliveryIn("delivered", eventId);
  const { body, headers } = destination.arrivals[0]!;
  expect(JSON.parse(body.toString())).toEqual({ text: 'Ann "A" paid 12.5', amount: 1250 });
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-event": eventId,
    "webhook-id": eventId,
  });
  expect(headers).not.toHaveProperty("x-signature");
  const signed = `${eventId}.${headers["webhook-timestamp"]}.${body.toString()}`;
  const mac = createHmac("sha256", SIGNING_KEY).update(signed).digest("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
});

test("[I7] what cannot be transformed is dead at once and says why; a replay uses today's template", async () => {
  const eventId = await send('{"name":"Ann"}');
  const dead = await gateway.deliveryIn("dead", eventId);
  expect(dead).toMatchObject({ attemptCount: 1, cause: "transform_failed" });
  expect(await attemptsOf(dead)).toMatchObject([
    { cause: "transform_failed", detail: "transform.body: body.amount is missing" },
  ]);
  const trace = await gateway.api("GET", `/requests/${eventId.replace("evt_", "req_")}/trace`);
  expect(JSON.stringify(trace)).toContain('"cause":"transform_failed"');
  expect(destination.arrivals).toHaveLength(0);

  const transform = { body: { text: "${{ body.name }}: ${{ default(body.amount, 'free') }}" } };
  await gateway.api("PUT", "/routes/paid", { from: "shop", to: "chat", transform });
  await gateway.api("POST", "/replays", { events: [eventId] });
  const [arrival] = await destination.got(1);
  expect(JSON.parse(arrival!.body.toString())).toEqual({ text: "Ann: free" });
});

test("[I7] an answer that is not accepted is retried, and one beyond 2xx can be", async () => {
  destination.replyTo = () => ({ status: 200, body: '{"ok":false}' });
  const refused = await gateway.deliveryIn("dead", await send('{"name":"a","amount":1}'));
  const attempts = await attemptsOf(refused);
  expect(attempts.map(({ cause }) => cause)).toEqual([
    "answer_not_accepted",
    "answer_not_accepted",
  ]);
  expect(attempts[0]).toMatchObject({ detail: expect.stringContaining("body.ok == true") });
  destination.replyTo = () => ({ status: 409, body: "there already" });
  await gateway.deliveryIn("delivered", await send('{"name":"b","amount":1}'));
  destination.replyTo = () => ({ status: 200, body: `{"ok":true,"x":"${"x".repeat(20_000)}"}` });
  const long = await gateway.deliveryIn("dead", await send('{"name":"c","amount":1}'));
  expect((await attemptsOf(long))[0]).toMatchObject({
    cause: "answer_not_accepted",
    detail: expect.stringContaining("the answer is longer than the 16384 bytes kept of it"),
  });
});

test("the API shows and exports the transformation as it was given", async () => {
  expect(await gateway.api("GET", "/routes/paid")).toMatchObject({ transform: TRANSFORM });
  const { routes } = (await gateway.api("GET", "/config")) as unknown as { routes: object };
  expect(routes).toMatchObject({ paid: { transform: TRANSFORM } });
});
