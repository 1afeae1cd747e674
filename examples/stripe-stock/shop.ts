/**
 * The shop's handler, in Express: verifies that Ringdown sent the event, and books it.
 *
 * The body is read as bytes, because the signature is over bytes. Everything that the handler cannot
 * make sense of is a 400, which ends up as a dead letter that somebody looks at; an exception is a
 * 500, and the event comes again.
 */
import { verifyStandardWebhook } from "@ringdown/receiver";
import express, { type Express, type Request, type Response } from "express";
import type { Stock } from "./stock.ts";

export function createShop(stock: Stock, secret: string): Express {
  const app = express();
  app.post("/webhooks", express.raw({ type: "application/json" }), (request, response) =>
    receive(request, response, { stock, secret }),
  );
  return app;
}

function receive(
  request: Request,
  response: Response,
  { stock, secret }: { readonly stock: Stock; readonly secret: string },
): void {
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) {
    response.status(415).json({ error: "application/json is expected" });
    return;
  }
  const verified = verifyStandardWebhook({
    headers: request.headers,
    body,
    secrets: [secret],
    nowMs: Date.now(),
  });
  if (verified.status !== "verified") {
    response.status(401).json({ error: "not from Ringdown" });
    return;
  }
  const order = book(stock, JSON.parse(body.toString("utf8")) as StripeEvent);
  response.status(order === undefined ? 400 : 200).json({ order: order ?? "not understood" });
}

/** What is read of Stripe's events; all of it may be missing. */
type StripeEvent = {
  readonly type?: string;
  readonly data?: {
    readonly object?: {
      readonly payment_intent?: string;
      readonly metadata?: { readonly sku?: string; readonly quantity?: string };
    };
  };
};

function book(stock: Stock, event: StripeEvent): string | undefined {
  const { payment_intent: orderId, metadata = {} } = event.data?.object ?? {};
  if (typeof orderId !== "string") return undefined;
  if (event.type === "charge.refunded") return stock.refunded(orderId);
  const quantity = Number(metadata.quantity);
  const isPayment = event.type === "checkout.session.completed";
  if (!isPayment || typeof metadata.sku !== "string" || !isCount(quantity)) return undefined;
  return stock.paid({ orderId, sku: metadata.sku, quantity });
}

function isCount(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity > 0;
}
