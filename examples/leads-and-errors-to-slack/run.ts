/**
 * Shows the example at work: `npx node examples/leads-and-errors-to-slack/run.ts`.
 *
 * Starts a stand-in for Slack and Ringdown, sends signed leads and errors, good and hostile ones, and
 * checks what arrives in the channel. Ends with 0 if everything is as the README says.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { eventually, type Ringdown, startRingdown } from "../support/start-ringdown.ts";
import { type SlackStandIn, startSlackStandIn } from "./slack-stand-in.ts";

const SECRETS = { CRM_SECRET: "a secret of the CRM", ERRORS_SECRET: "a secret of the monitor" };

/** What somebody could write into a form to make noise in a channel, or to break the message. */
const HOSTILE = `<!channel> & "}],"blocks":[] \${{ eventId }} ${"x".repeat(5000)}`;

/** Each error is another event. */
let errorCount = 0;

const slack = await startSlackStandIn();
const ringdown = await startRingdown(import.meta.dirname, {
  ...SECRETS,
  SLACK_WEBHOOK_URL: slack.webhookUrl,
});
try {
  await show(ringdown, slack);
  console.log("done: everything arrived once, and nothing was refused for its form");
} finally {
  await ringdown.stop();
  await slack.close();
}

async function show(gateway: Ringdown, channel: SlackStandIn): Promise<void> {
  // Slack says 200 and means no; the success condition notices, and a retry brings it.
  channel.answerNext(200, "service is being restored");
  await sendLead(gateway);
  await messageNo(channel, 1, "New lead: Zoë Müller");

  await sendLead(gateway, `data.fullName=${HOSTILE}`, "data.email=null");
  const hostile = await messageNo(channel, 2, "New lead: &lt;!channel&gt; &amp;");
  assert.ok(hostile.includes("${{ eventId }}"), "a template in a value is only text");
  assert.match(hostile, /\*E-mail\*\\n-/, "null is shown as a dash");

  await sendError(gateway, "TypeError: cart is undefined", "error");
  await messageNo(channel, 3, "TypeError: cart is undefined");
  await sendError(gateway, HOSTILE, "fatal");
  await messageNo(channel, 4, "&lt;!channel&gt;");
  await sendError(gateway, "slow", "warning");

  // As if somebody else had used up the second: Ringdown waits as long as Slack asks, and delivers.
  channel.answerNext(429, "rate_limited");
  await sendLead(gateway, "data.fullName=After a pause");
  await messageNo(channel, 5, "New lead: After a pause");

  const attempts = await gateway.run("attempts", "-n", "100");
  const causes = attempts.map(({ cause }) => (typeof cause === "string" ? cause : "delivered"));
  console.log(`attempts, newest first: ${causes.join(", ")}`);
  assert.ok(causes.includes("answer_not_accepted"), "the success condition was needed");
  assert.ok(causes.includes("status_429"), "Slack asked for a pause");
  assert.ok(!causes.includes("status_4xx"), "Slack took every message");
  assert.deepEqual(
    channel.refusals.filter((refusal) => refusal.startsWith("400")),
    [],
  );
  assert.equal(channel.messages.length, 5);
}

/** Waits for the message and checks it, and what it must not contain. */
async function messageNo(channel: SlackStandIn, count: number, text: string): Promise<string> {
  const message = await eventually(`message ${count}`, () => channel.messages[count - 1]);
  console.log(`#channel ${message.text.slice(0, 60)}`);
  assert.ok(message.text.startsWith(text), `${message.text} should begin with ${text}`);
  return JSON.stringify(message);
}

/** One of Ringdown's own samples, signed with the secret that the configuration names. */
async function sendLead(gateway: Ringdown, ...values: readonly string[]): Promise<void> {
  const sets = values.flatMap((value) => ["--set", value]);
  await gateway.run("trigger", "generic", "contact.created", "--to", "crm", ...sets);
}

/** As Sentry sends an alert: the HMAC of the body in a header. */
async function sendError(gateway: Ringdown, title: string, level: string): Promise<void> {
  errorCount += 1;
  const event = {
    event_id: `event-${errorCount}`,
    title,
    level,
    culprit: "checkout/cart.ts in total",
    web_url: "https://errors.example.com/issues/1/",
    tags: [
      ["environment", "production"],
      ["browser", "Firefox 140"],
      ["release", "shop@1.4.2"],
    ],
  };
  const body = JSON.stringify({ action: "triggered", data: { event, triggered_rule: "errors" } });
  const signature = createHmac("sha256", SECRETS.ERRORS_SECRET).update(body).digest("hex");
  const headers = [
    "content-type: application/json",
    "sentry-hook-resource: event_alert",
    `sentry-hook-signature: ${signature}`,
  ];
  const options = headers.flatMap((header) => ["-H", header]);
  await gateway.run("send", "errors", "-d", body, ...options);
}
