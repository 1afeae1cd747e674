/**
 * The request every system gets: a 2 KB JSON body and a Stripe-style signature over it, made once
 * per run. All systems check the same HMAC over the same bytes; none may know it beforehand.
 */
import { createHmac } from "node:crypto";

export const SECRET = "whsec_bench_0123456789abcdef0123456789abcdef";
export const BODY_BYTES = 2048;

export const BODY: Buffer = makeBody();

function makeBody(): Buffer {
  const event = {
    id: "evt_1QbenchBenchBenchBench",
    object: "event",
    type: "checkout.session.completed",
    created: 1_760_000_000,
    livemode: false,
    data: {
      object: {
        id: "cs_test_bench",
        amount_total: 4200,
        currency: "eur",
        metadata: { filler: "" },
      },
    },
  };
  const missing = BODY_BYTES - JSON.stringify(event).length;
  event.data.object.metadata.filler = "x".repeat(missing);
  return Buffer.from(JSON.stringify(event));
}

/** As docs.stripe.com/webhooks#verify-manually: `t=<seconds>,v1=<hex>` over `<seconds>.<body>`. */
export function signatureAt(seconds: number): string {
  const mac = createHmac("sha256", SECRET).update(`${seconds}.`).update(BODY).digest("hex");
  return `t=${seconds},v1=${mac}`;
}
