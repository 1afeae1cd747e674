/**
 * Payments and billing. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { SampleCatalogue } from "./sample.ts";

const amount = { currency: "EUR", value: 4900 };
const paypalAmount = { currency_code: "EUR", value: "49.00" };
const squareMoney = { amount: 4900, currency: "EUR" };

const paypalCapture = {
  id: "{id}",
  amount: paypalAmount,
  final_capture: true,
  status: "COMPLETED",
  create_time: "{iso}",
  update_time: "{iso}",
};

const paddleSubscription = {
  id: "sub_{id}",
  status: "active",
  customer_id: "ctm_01ringdown",
  currency_code: "EUR",
  created_at: "{iso}",
  items: [{ status: "active", quantity: 1, price: { id: "pri_01ringdown", name: "Monthly" } }],
};

const razorpayPayment = {
  payment: {
    entity: {
      id: "pay_{id}",
      entity: "payment",
      amount: 490000,
      currency: "INR",
      status: "captured",
    },
  },
};

const plaid = {
  bodies: {
    "TRANSACTIONS.SYNC_UPDATES_AVAILABLE": {
      webhook_type: "{kind}",
      webhook_code: "{action}",
      item_id: "{id}",
      initial_update_complete: true,
      environment: "production",
    },
    "ITEM.ERROR": {
      webhook_type: "{kind}",
      webhook_code: "{action}",
      item_id: "{id}",
      error: { error_type: "ITEM_ERROR", error_code: "ITEM_LOGIN_REQUIRED" },
      environment: "production",
    },
  },
};

/** What Braintree sends in base64. */
function braintreeXml(subject: string): string {
  const head = '<kind>{type}</kind><timestamp type="datetime">{iso}</timestamp>';
  return `<notification>${head}<subject>${subject}</subject></notification>`;
}

export const paymentSamples: SampleCatalogue = {
  adyen: {
    bodies: {
      AUTHORISATION: { reason: "033899:1111:03/2030" },
      CAPTURE: { originalReference: "original-{id}" },
      REFUND: { originalReference: "original-{id}" },
    },
    envelope: {
      live: "false",
      notificationItems: [
        {
          NotificationRequestItem: {
            additionalData: { hmacSignature: "", details: "{data}" },
            pspReference: "{id}",
            eventCode: "{type}",
            eventDate: "{iso}",
            merchantAccountCode: "RingdownShop",
            merchantReference: "order-{number}",
            amount,
            operations: ["CANCEL", "CAPTURE", "REFUND"],
            paymentMethod: "visa",
            success: "true",
          },
        },
      ],
    },
  },
  "adyen-platform": {
    bodies: { "balancePlatform.accountHolder.updated": { id: "AH{number}", status: "active" } },
    envelope: { data: "{data}", environment: "test", timestamp: "{iso}", type: "{type}" },
  },
  affirm: {
    bodies: { opened: { id: "{id}", event: "{type}", checkout_token: "T1", total: 4900 } },
  },
  airwallex: {
    bodies: { "payment_intent.succeeded": { id: "int_{id}", amount: 49, currency: "EUR" } },
    envelope: {
      id: "evt_{id}",
      name: "{type}",
      account_id: "acct_1",
      data: { object: "{data}" },
      created_at: "{iso}",
    },
  },
  "authorize-net": {
    bodies: {
      "net.authorize.payment.authcapture.created": {
        responseCode: 1,
        authAmount: 49,
        entityName: "transaction",
        id: "{number}",
      },
    },
    envelope: {
      notificationId: "{id}",
      eventType: "{type}",
      eventDate: "{iso}",
      webhookId: "webhook-1",
      payload: "{data}",
    },
  },
  braintree: {
    content: "form",
    bodies: {
      subscription_charged_successfully: braintreeXml(
        "<subscription><id>{id}</id><price>49.00</price></subscription>",
      ),
      dispute_opened: braintreeXml("<dispute><id>{id}</id><amount>49.00</amount></dispute>"),
    },
    envelope: { bt_signature: "", bt_payload: "{data}" },
  },
  chargebee: {
    bodies: {
      subscription_created: {
        subscription: { id: "sub-{id}", status: "active", plan_amount: 4900 },
      },
      payment_succeeded: { transaction: { id: "txn_{id}", amount: 4900, status: "success" } },
    },
    envelope: {
      id: "ev_{id}",
      occurred_at: "{#s}",
      source: "api",
      object: "event",
      api_version: "v2",
      content: "{data}",
      event_type: "{type}",
      webhook_status: "not_configured",
    },
  },
  chargify: {
    bodies: { payment_success: { subscription: { id: "{#number}", state: "active" } } },
    envelope: { id: "{#number}", event: "{type}", payload: "{data}" },
    headers: { "x-chargify-webhook-id": "{id}" },
  },
  "checkout-com": {
    bodies: {
      payment_approved: { id: "pay_{id}", amount: 4900, currency: "EUR", approved: true },
      payment_captured: { id: "pay_{id}", amount: 4900, currency: "EUR" },
    },
    envelope: { id: "evt_{id}", type: "{type}", created_on: "{iso}", data: "{data}" },
  },
  "coinbase-commerce": {
    bodies: { "charge:confirmed": { code: "RINGDOWN", pricing: { local: { amount: "49.00" } } } },
    envelope: {
      id: "{#number}",
      attempt_number: 1,
      event: {
        id: "{id}",
        type: "{type}",
        api_version: "2018-03-22",
        created_at: "{iso}",
        data: "{data}",
      },
    },
  },
  dwolla: {
    bodies: {
      transfer_completed: {
        id: "{id}",
        resourceId: "resource-{id}",
        topic: "{type}",
        timestamp: "{iso-ms}",
        _links: { resource: { href: "https://api.dwolla.com/transfers/{id}" } },
      },
    },
  },
  gocardless: {
    bodies: {
      "payments.confirmed": { payment: "PM{number}" },
      "mandates.cancelled": { mandate: "MD{number}" },
    },
    envelope: {
      events: [
        {
          id: "EV{id}",
          created_at: "{iso-ms}",
          resource_type: "{kind}",
          action: "{action}",
          links: "{data}",
          details: { origin: "gocardless", cause: "{action}", description: "As expected." },
        },
      ],
      meta: { webhook_id: "WB{id}" },
    },
    headers: { "user-agent": "gocardless-webhook-service/1.1" },
  },
  "lemon-squeezy": {
    bodies: {
      order_created: {
        type: "orders",
        id: "{number}",
        attributes: { total: 4900, status: "paid" },
      },
      subscription_created: {
        type: "subscriptions",
        id: "{number}",
        attributes: { status: "active" },
      },
    },
    envelope: { meta: { event_name: "{type}", custom_data: { customer: "1" } }, data: "{data}" },
    headers: { "x-event-name": "{type}" },
  },
  "mercado-pago": {
    bodies: {
      "payment.created": {
        action: "{type}",
        api_version: "v1",
        data: { id: "{number}" },
        date_created: "{iso}",
        id: "{#number}",
        live_mode: false,
        type: "payment",
        user_id: "1",
      },
    },
    query: { "data.id": "{number}", type: "payment" },
    headers: { "x-request-id": "{id}" },
  },
  "modern-treasury": {
    bodies: {
      completed: { id: "{id}", object: "payment_order", amount: 4900, status: "completed" },
    },
    envelope: { event: "{type}", data: "{data}" },
    headers: { "x-topic": "payment_order", "x-webhook-id": "{id}" },
  },
  paddle: {
    bodies: {
      "transaction.completed": {
        id: "txn_{id}",
        status: "completed",
        customer_id: "ctm_01ringdown",
        currency_code: "EUR",
        details: { totals: { subtotal: "4900", tax: "980", total: "5880", currency_code: "EUR" } },
      },
      "subscription.created": paddleSubscription,
      "subscription.canceled": { ...paddleSubscription, status: "canceled", canceled_at: "{iso}" },
    },
    envelope: {
      event_id: "evt_{id}",
      event_type: "{type}",
      occurred_at: "{iso-ms}",
      notification_id: "ntf_{id}",
      data: "{data}",
    },
  },
  paypal: {
    bodies: {
      "PAYMENT.CAPTURE.COMPLETED": paypalCapture,
      "PAYMENT.CAPTURE.REFUNDED": { ...paypalCapture, status: "REFUNDED" },
      "CHECKOUT.ORDER.APPROVED": {
        id: "{id}",
        intent: "CAPTURE",
        status: "APPROVED",
        purchase_units: [{ reference_id: "default", amount: paypalAmount }],
      },
      "BILLING.SUBSCRIPTION.CANCELLED": {
        id: "I-{id}",
        status: "CANCELLED",
        plan_id: "P-RINGDOWN",
      },
    },
    envelope: {
      id: "WH-{id}",
      event_version: "1.0",
      create_time: "{iso-ms}",
      resource_type: "capture",
      event_type: "{type}",
      summary: "Something happened to a payment.",
      resource: "{data}",
    },
    headers: { "paypal-transmission-id": "{id}", "paypal-transmission-time": "{iso}" },
  },
  paystack: {
    bodies: {
      "charge.success": { id: "{#number}", status: "success", amount: 490000, currency: "NGN" },
      "transfer.success": { id: "{#number}", status: "success", amount: 490000, currency: "NGN" },
    },
    envelope: { event: "{type}", data: "{data}" },
  },
  plaid,
  "plaid-sandbox": plaid,
  quickbooks: {
    bodies: { Invoice: "Create", Customer: "Update" },
    envelope: {
      eventNotifications: [
        {
          realmId: "1185883450",
          dataChangeEvent: {
            entities: [
              { name: "{type}", id: "{number}", operation: "{data}", lastUpdated: "{iso-ms}" },
            ],
          },
        },
      ],
    },
  },
  razorpay: {
    bodies: {
      "payment.captured": razorpayPayment,
      "payment.failed": razorpayPayment,
      "order.paid": { order: { entity: { id: "order_{id}", amount: 490000, status: "paid" } } },
    },
    envelope: {
      entity: "event",
      account_id: "acc_ringdown",
      event: "{type}",
      contains: ["payment"],
      payload: "{data}",
      created_at: "{#s}",
    },
    headers: { "x-razorpay-event-id": "{id}" },
  },
  recurly: {
    bodies: {
      renewed: {
        id: "{id}",
        object_type: "subscription",
        site_id: "site1",
        event_type: "{type}",
        event_time: "{iso}",
        uuid: "{hex}",
      },
    },
  },
  square: {
    bodies: {
      "payment.created": {
        type: "payment",
        id: "pay_{id}",
        object: { payment: { id: "pay_{id}", amount_money: squareMoney, status: "APPROVED" } },
      },
      "invoice.payment_made": {
        type: "invoice",
        id: "inv:{id}",
        object: { invoice: { id: "inv:{id}", status: "PAID", title: "Mugs" } },
      },
      "order.created": {
        type: "order_created",
        id: "order_{id}",
        object: { order_created: { order_id: "order_{id}", state: "OPEN", version: 1 } },
      },
    },
    envelope: {
      merchant_id: "RINGDOWNSHOP",
      type: "{type}",
      event_id: "{id}",
      created_at: "{iso-ms}",
      data: "{data}",
    },
    headers: { "user-agent": "Square Connect v2" },
  },
  wise: {
    bodies: {
      "transfers#state-change": {
        resource: { type: "transfer", id: "{#number}", profile_id: 1 },
        current_state: "outgoing_payment_sent",
        previous_state: "processing",
        occurred_at: "{iso}",
      },
    },
    envelope: {
      data: "{data}",
      subscription_id: "sub-1",
      event_type: "{type}",
      schema_version: "2.0.0",
      sent_at: "{iso}",
    },
    headers: { "x-delivery-id": "{id}" },
  },
};
