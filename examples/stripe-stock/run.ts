/**
 * Shows the example at work: `npx node examples/stripe-stock/run.ts`.
 *
 * Starts the shop and Ringdown, sends payments and refunds signed as Stripe signs them, and counts:
 * every order once, no more sold than there was. Ends with 0 if everything is as the README says.
 */
import { createSigner, generateSecret, standardWebhooks } from "@ringdown/receiver";
import { makeSampleRequest, type SampleRequest } from "@ringdown/receiver/samples";
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, type Ringdown, startRingdown } from "../support/start-ringdown.ts";
import { createShop } from "./shop.ts";
import { openStock } from "./stock.ts";

/** In Stripe's samples. */
const SKU = "RD-MUG-01";
const STRIPE_WHSEC = "whsec_2f0c6d7b9a1e4c35";
const STOCK_WHSEC = generateSecret();

const IN_STOCK = 50;
const ORDERS = 60;
const DUPLICATES = 200;

const folder = mkdtempSync(join(tmpdir(), "ringdown-stock-"));
const stock = openStock(join(folder, "stock.db"));
const shop = createServer(createShop(stock, STOCK_WHSEC));
shop.listen(0, "127.0.0.1");
await once(shop, "listening");
const shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/webhooks`;
const ringdown = await startRingdown(import.meta.dirname, {
  STRIPE_WHSEC,
  STOCK_WHSEC,
  STOCK_URL: shopUrl,
});
try {
  await sellOne(ringdown);
  await sendDuplicates(ringdown);
  await sellOut(ringdown);
  await refundInAnyOrder(ringdown);
  console.log("done: every order counted once, and nothing was sold that was not there");
} finally {
  await ringdown.stop();
  shop.closeAllConnections();
  shop.close();
  stock.close();
  rmSync(folder, { recursive: true, force: true });
}

/** One payment, sent by the command line. */
async function sellOne(gateway: Ringdown): Promise<void> {
  stock.put(SKU, IN_STOCK);
  await gateway.run("trigger", "stripe", "checkout.session.completed");
  await eventually("the first sale", () => stock.count("sold") === 1 || undefined);
  report("one payment");
  assert.equal(stock.available(SKU), IN_STOCK - 1);
}

/** The same payment many times at once: to Ringdown, and past it to the shop. */
async function sendDuplicates({ url }: Ringdown): Promise<void> {
  stock.put(SKU, IN_STOCK);
  const payment = paymentOf("twin");
  const answers = await Promise.all(
    Array.from({ length: DUPLICATES }, () => post(`${url}/in/stripe`, payment)),
  );
  assert.ok(answers.every((status) => status === 200));
  await eventually("the sale", () => stock.count("sold") === 2 || undefined);

  // Were Ringdown's memory gone, the shop would still know the order.
  const { body } = payment;
  const signed = createSigner(standardWebhooks.recipe, [STOCK_WHSEC]);
  const requests = Array.from({ length: DUPLICATES }, (_, index) => {
    const signature = signed.sign({
      id: `msg_${index}`,
      url: shopUrl,
      method: "POST",
      body,
      nowMs: Date.now(),
    });
    return post(shopUrl, {
      ...payment,
      headers: { "content-type": "application/json", ...signature },
    });
  });
  assert.ok((await Promise.all(requests)).every((status) => status === 200));
  report(`${DUPLICATES} duplicates through Ringdown, ${DUPLICATES} past it`);
  assert.equal(stock.available(SKU), IN_STOCK - 1);
  assert.equal(stock.count("sold"), 2);
}

/** More orders than stock, each three times, all at once and in no order. */
async function sellOut({ url }: Ringdown): Promise<void> {
  stock.put(SKU, IN_STOCK);
  const soldBefore = stock.count("sold");
  const payments = Array.from({ length: ORDERS }, (_, index) => paymentOf(`many${index}`));
  const shuffled = [...payments, ...payments, ...payments].toSorted(() => Math.random() - 0.5);
  await Promise.all(shuffled.map((payment) => post(`${url}/in/stripe`, payment)));
  await eventually("every order", () => decided() === soldBefore + ORDERS || undefined);
  report(`${ORDERS} orders for ${IN_STOCK} pieces`);
  assert.equal(stock.available(SKU), 0);
  assert.equal(stock.count("sold") - soldBefore, IN_STOCK);
  assert.equal(stock.count("sold_out"), ORDERS - IN_STOCK);
}

function decided(): number {
  return stock.count("sold") + stock.count("sold_out");
}

/** A refund that comes after its payment gives the piece back; one before keeps it on the shelf. */
async function refundInAnyOrder({ url }: Ringdown): Promise<void> {
  stock.put(SKU, 0);
  await post(`${url}/in/stripe`, refundOf("many0"));
  await post(`${url}/in/stripe`, refundOf("early"));
  await eventually("two refunds", () => stock.count("refunded") === 2 || undefined);
  const available = stock.available(SKU);
  await post(`${url}/in/stripe`, paymentOf("early"));
  await eventually("the late payment", () => isIdle(url));
  report("a refund after its payment, and one before");
  assert.equal(stock.available(SKU), available);
  assert.equal(stock.count("refunded"), 2);
}

/** Whether nothing is left to deliver. */
async function isIdle(url: string): Promise<true | undefined> {
  const answer = await fetch(`${url}/api/v1/deliveries?state=pending,delivering&limit=1`);
  const { data } = (await answer.json()) as { readonly data: readonly unknown[] };
  return data.length === 0 || undefined;
}

/** The order's name makes the payment intent, so that a refund finds its payment. */
function paymentOf(order: string): SampleRequest {
  return sample("checkout.session.completed", order, {
    data: { object: { payment_intent: `pi_${order}` } },
  });
}

function refundOf(order: string): SampleRequest {
  return sample("charge.refunded", `refund${order}`, {
    data: { object: { payment_intent: `pi_${order}` } },
  });
}

function sample(
  type: string,
  id: string,
  overrides: { readonly data: { readonly object: { readonly payment_intent: string } } },
): SampleRequest {
  return makeSampleRequest({
    provider: "stripe",
    type,
    secret: STRIPE_WHSEC,
    nowMs: Date.now(),
    id,
    overrides,
  });
}

async function post(url: string, { method, headers, body }: SampleRequest): Promise<number> {
  const answer = await fetch(url, { method, headers, body: Buffer.from(body) });
  await answer.arrayBuffer();
  return answer.status;
}

function report(what: string): void {
  const counts = (["sold", "sold_out", "refunded"] as const).map(
    (state) => `${stock.count(state)} ${state}`,
  );
  console.log(`${what}: ${stock.available(SKU)} left, ${counts.join(", ")}`);
}
