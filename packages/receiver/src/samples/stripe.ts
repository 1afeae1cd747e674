/** Stripe's bodies, after docs.stripe.com/api/events and the objects' own pages. All data invented. */
import {
  type JsonObject,
  prefixed,
  type SampleCatalogue,
  type SampleSeed,
  secondsOf,
} from "./sample.ts";

const DAY_S = 86_400;
const MONTH_S = 30 * DAY_S;
const AMOUNT = 4900;

const customerOf = ({ id }: SampleSeed): string => `cus_${id}`;
const intentOf = ({ id }: SampleSeed): string => `pi_${id}`;
const chargeOf = ({ id }: SampleSeed): string => `ch_${id}`;
const invoiceOf = ({ id }: SampleSeed): string => `in_${id}`;
const subscriptionOf = ({ id }: SampleSeed): string => `sub_${id}`;

const billingDetails = {
  address: {
    city: "Lyon",
    country: "FR",
    line1: "12 rue des Essais",
    line2: null,
    postal_code: "69001",
    state: null,
  },
  email: "jenny.rosen@example.com",
  name: "Jenny Rosen",
  phone: null,
};

function event(seed: SampleSeed, type: string, object: JsonObject): JsonObject {
  return {
    id: prefixed("evt_", seed.id),
    object: "event",
    api_version: "2026-02-25.clover",
    created: secondsOf(seed),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: `req_${seed.id}`, idempotency_key: `key-${seed.id}` },
    type,
  };
}

function checkoutSession(seed: SampleSeed): JsonObject {
  return {
    id: `cs_test_${seed.id}`,
    object: "checkout.session",
    amount_subtotal: AMOUNT,
    amount_total: AMOUNT,
    automatic_tax: { enabled: false, liability: null, status: null },
    cancel_url: "https://shop.example.com/cart",
    client_reference_id: `order-${seed.id}`,
    created: secondsOf(seed) - 60,
    currency: "eur",
    customer: customerOf(seed),
    customer_details: { ...billingDetails, tax_exempt: "none", tax_ids: [] },
    customer_email: null,
    expires_at: secondsOf(seed) + DAY_S,
    invoice: null,
    livemode: false,
    locale: "fr",
    metadata: { sku: "RD-MUG-01", quantity: "1" },
    mode: "payment",
    payment_intent: intentOf(seed),
    payment_link: null,
    payment_method_types: ["card"],
    payment_status: "paid",
    shipping_cost: null,
    status: "complete",
    submit_type: null,
    subscription: null,
    success_url: "https://shop.example.com/thanks",
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: "hosted",
    url: null,
  };
}

function paymentIntent(seed: SampleSeed): JsonObject {
  return {
    id: intentOf(seed),
    object: "payment_intent",
    amount: AMOUNT,
    amount_capturable: 0,
    amount_received: AMOUNT,
    application: null,
    automatic_payment_methods: { allow_redirects: "always", enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic_async",
    client_secret: null,
    confirmation_method: "automatic",
    created: secondsOf(seed) - 5,
    currency: "eur",
    customer: customerOf(seed),
    description: "Ringdown mug",
    last_payment_error: null,
    latest_charge: chargeOf(seed),
    livemode: false,
    metadata: { sku: "RD-MUG-01", quantity: "1" },
    next_action: null,
    payment_method: `pm_${seed.id}`,
    payment_method_types: ["card", "link"],
    receipt_email: billingDetails.email,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    status: "succeeded",
  };
}

function refundedCharge(seed: SampleSeed): JsonObject {
  return {
    id: chargeOf(seed),
    object: "charge",
    amount: AMOUNT,
    amount_captured: AMOUNT,
    amount_refunded: AMOUNT,
    balance_transaction: `txn_${seed.id}`,
    billing_details: billingDetails,
    calculated_statement_descriptor: "RINGDOWN",
    captured: true,
    created: secondsOf(seed) - DAY_S,
    currency: "eur",
    customer: customerOf(seed),
    description: "Ringdown mug",
    disputed: false,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    outcome: {
      network_status: "approved_by_network",
      reason: null,
      risk_level: "normal",
      risk_score: 12,
      seller_message: "Payment complete.",
      type: "authorized",
    },
    paid: true,
    payment_intent: intentOf(seed),
    payment_method: `pm_${seed.id}`,
    payment_method_details: {
      card: {
        brand: "visa",
        country: "FR",
        exp_month: 12,
        exp_year: 2030,
        funding: "credit",
        last4: "4242",
        network: "visa",
      },
      type: "card",
    },
    receipt_email: billingDetails.email,
    refunded: true,
    status: "succeeded",
  };
}

function paidInvoice(seed: SampleSeed): JsonObject {
  const paidAt = secondsOf(seed);
  return {
    id: invoiceOf(seed),
    object: "invoice",
    account_country: "FR",
    account_name: "Ringdown Shop",
    amount_due: AMOUNT,
    amount_paid: AMOUNT,
    amount_remaining: 0,
    attempt_count: 1,
    attempted: true,
    auto_advance: false,
    billing_reason: "subscription_cycle",
    collection_method: "charge_automatically",
    created: paidAt - 3600,
    currency: "eur",
    customer: customerOf(seed),
    customer_email: billingDetails.email,
    customer_name: billingDetails.name,
    hosted_invoice_url: `https://invoice.example.com/i/${seed.id}`,
    lines: {
      object: "list",
      data: [
        {
          id: `il_${seed.id}`,
          object: "line_item",
          amount: AMOUNT,
          currency: "eur",
          description: "1 × Team plan (at €49.00 / month)",
          livemode: false,
          metadata: {},
          period: { end: paidAt + MONTH_S, start: paidAt },
          quantity: 1,
        },
      ],
      has_more: false,
      total_count: 1,
      url: `/v1/invoices/${invoiceOf(seed)}/lines`,
    },
    livemode: false,
    metadata: {},
    number: "RD-0042-0007",
    paid_out_of_band: false,
    parent: {
      quote_details: null,
      subscription_details: { metadata: {}, subscription: subscriptionOf(seed) },
      type: "subscription_details",
    },
    period_end: paidAt,
    period_start: paidAt - MONTH_S,
    status: "paid",
    status_transitions: {
      finalized_at: paidAt - 10,
      marked_uncollectible_at: null,
      paid_at: paidAt,
      voided_at: null,
    },
    subtotal: AMOUNT,
    total: AMOUNT,
  };
}

function deletedSubscription(seed: SampleSeed): JsonObject {
  const endedAt = secondsOf(seed);
  return {
    id: subscriptionOf(seed),
    object: "subscription",
    application: null,
    billing_cycle_anchor: endedAt - 3 * MONTH_S,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: endedAt,
    cancellation_details: { comment: null, feedback: "unused", reason: "cancellation_requested" },
    collection_method: "charge_automatically",
    created: endedAt - 3 * MONTH_S,
    currency: "eur",
    customer: customerOf(seed),
    default_payment_method: `pm_${seed.id}`,
    ended_at: endedAt,
    items: {
      object: "list",
      data: [
        {
          id: `si_${seed.id}`,
          object: "subscription_item",
          created: endedAt - 3 * MONTH_S,
          current_period_end: endedAt,
          current_period_start: endedAt - MONTH_S,
          metadata: {},
          price: {
            id: `price_${seed.id}`,
            object: "price",
            active: true,
            billing_scheme: "per_unit",
            currency: "eur",
            product: `prod_${seed.id}`,
            recurring: { interval: "month", interval_count: 1, usage_type: "licensed" },
            type: "recurring",
            unit_amount: AMOUNT,
          },
          quantity: 1,
          subscription: subscriptionOf(seed),
        },
      ],
      has_more: false,
      total_count: 1,
    },
    latest_invoice: invoiceOf(seed),
    livemode: false,
    metadata: {},
    start_date: endedAt - 3 * MONTH_S,
    status: "canceled",
  };
}

export const stripeSamples: SampleCatalogue = {
  stripe: {
    bodies: {
      "checkout.session.completed": (seed) =>
        event(seed, "checkout.session.completed", checkoutSession(seed)),
      "payment_intent.succeeded": (seed) =>
        event(seed, "payment_intent.succeeded", paymentIntent(seed)),
      "charge.refunded": (seed) => event(seed, "charge.refunded", refundedCharge(seed)),
      "invoice.paid": (seed) => event(seed, "invoice.paid", paidInvoice(seed)),
      "customer.subscription.deleted": (seed) =>
        event(seed, "customer.subscription.deleted", deletedSubscription(seed)),
    },
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      accept: "*/*; q=0.5, application/xml",
      "cache-control": "no-cache",
    },
    indent: 2,
  },
};
