/** Shopify's bodies, after shopify.dev "Webhook topics". All data invented. */
import {
  isoSecondsOf,
  type JsonObject,
  numberFrom,
  type SampleCatalogue,
  type SampleSeed,
} from "./sample.ts";

const SHOP = "ringdown-shop.myshopify.com";
const PRODUCT_ID = 8_100_200_300_401;
const VARIANT_ID = 44_100_200_300_401;

const address = {
  first_name: "Jenny",
  last_name: "Rosen",
  address1: "12 rue des Essais",
  address2: null,
  city: "Lyon",
  province: null,
  country: "France",
  zip: "69001",
  phone: null,
  name: "Jenny Rosen",
  country_code: "FR",
};

function money(amount: string): JsonObject {
  const one = { amount, currency_code: "EUR" };
  return { shop_money: one, presentment_money: one };
}

const customer = {
  id: 7_000_000_000_001,
  email: "jenny.rosen@example.com",
  first_name: "Jenny",
  last_name: "Rosen",
  state: "disabled",
  verified_email: true,
  currency: "EUR",
};

const lineItem = {
  id: 14_000_000_000_001,
  admin_graphql_api_id: "gid://shopify/LineItem/14000000000001",
  current_quantity: 1,
  fulfillable_quantity: 1,
  fulfillment_status: null,
  grams: 320,
  name: "Ringdown mug",
  price: "49.00",
  price_set: money("49.00"),
  product_id: PRODUCT_ID,
  quantity: 1,
  requires_shipping: true,
  sku: "RD-MUG-01",
  taxable: true,
  title: "Ringdown mug",
  total_discount: "0.00",
  variant_id: VARIANT_ID,
  vendor: "Ringdown",
};

type FinancialStatus = "pending" | "paid";

function order(seed: SampleSeed, financialStatus: FinancialStatus): JsonObject {
  const number = 1000 + (numberFrom(seed.id) % 9000);
  const id = 5_000_000_000_000 + numberFrom(seed.id);
  const isPaid = financialStatus === "paid";
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    app_id: 580_111,
    cancelled_at: null,
    closed_at: null,
    confirmed: true,
    contact_email: "jenny.rosen@example.com",
    created_at: isoSecondsOf(seed),
    currency: "EUR",
    current_total_price: "49.00",
    current_total_price_set: money("49.00"),
    email: "jenny.rosen@example.com",
    financial_status: financialStatus,
    fulfillment_status: null,
    gateway: null,
    name: `#${number}`,
    note: null,
    number: number - 1000,
    order_number: number,
    payment_gateway_names: isPaid ? ["shopify_payments"] : [],
    presentment_currency: "EUR",
    processed_at: isoSecondsOf(seed),
    source_name: "web",
    subtotal_price: "49.00",
    tags: "",
    taxes_included: true,
    test: true,
    total_discounts: "0.00",
    total_outstanding: isPaid ? "0.00" : "49.00",
    total_price: "49.00",
    total_price_set: money("49.00"),
    total_tax: "8.17",
    updated_at: isoSecondsOf(seed),
    billing_address: address,
    customer,
    discount_codes: [],
    fulfillments: [],
    line_items: [lineItem],
    refunds: [],
    shipping_address: address,
    shipping_lines: [],
  };
}

function product(seed: SampleSeed): JsonObject {
  return {
    id: PRODUCT_ID,
    admin_graphql_api_id: `gid://shopify/Product/${PRODUCT_ID}`,
    body_html: "<p>Holds 300 ml, and nothing slips through.</p>",
    created_at: "2026-01-05T10:00:00Z",
    handle: "ringdown-mug",
    product_type: "Mugs",
    published_at: "2026-01-05T10:00:00Z",
    status: "active",
    tags: "kitchen",
    template_suffix: null,
    title: "Ringdown mug",
    updated_at: isoSecondsOf(seed),
    vendor: "Ringdown",
    images: [],
    options: [
      {
        id: 10_500_000_000_001,
        name: "Title",
        position: 1,
        product_id: PRODUCT_ID,
        values: ["Default Title"],
      },
    ],
    variants: [
      {
        id: VARIANT_ID,
        admin_graphql_api_id: `gid://shopify/ProductVariant/${VARIANT_ID}`,
        inventory_item_id: 46_200_000_000_001,
        inventory_policy: "deny",
        inventory_quantity: numberFrom(seed.id) % 100,
        position: 1,
        price: "49.00",
        product_id: PRODUCT_ID,
        sku: "RD-MUG-01",
        taxable: true,
        title: "Default Title",
        updated_at: isoSecondsOf(seed),
      },
    ],
  };
}

function shop(seed: SampleSeed): JsonObject {
  return {
    id: 60_000_000_001,
    name: "Ringdown Shop",
    email: "owner@example.com",
    domain: "shop.example.com",
    myshopify_domain: SHOP,
    country_code: "FR",
    currency: "EUR",
    iana_timezone: "Europe/Paris",
    plan_name: "partner_test",
    primary_locale: "fr",
    shop_owner: "Jenny Rosen",
    created_at: "2024-03-01T09:00:00Z",
    updated_at: isoSecondsOf(seed),
  };
}

export const shopifySamples: SampleCatalogue = {
  shopify: {
    bodies: {
      "orders/create": (seed) => order(seed, "pending"),
      "orders/paid": (seed) => order(seed, "paid"),
      "products/update": product,
      "app/uninstalled": shop,
    },
    headers: {
      "user-agent": "Shopify-Captain-Hook",
      accept: "*/*",
      "x-shopify-topic": "{type}",
      "x-shopify-shop-domain": SHOP,
      "x-shopify-api-version": "2026-10",
      "x-shopify-webhook-id": "{id}",
      "x-shopify-event-id": "event-{id}",
      "x-shopify-triggered-at": "{iso-ms}",
    },
  },
};
