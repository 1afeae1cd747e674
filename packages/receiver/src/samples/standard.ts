/**
 * Bodies of those who sign by Standard Webhooks or through Svix, and of senders that have no fixed
 * ones: after the example in Standard Webhooks 1.0.0. The vendors' own objects are in their shape,
 * shortened, and not compared with their pages field by field. All data invented.
 */
import type { Json, SampleCatalogue, SampleSet } from "./sample.ts";

const contact = {
  type: "{type}",
  timestamp: "{iso-ms}",
  data: {
    id: "contact_{id}",
    fullName: "Zoë Müller",
    email: "zoe@example.com",
    occupation: "Engineer",
  },
};

/** Type, time and object, as the specification recommends it. */
const usual = { type: "{type}", timestamp: "{iso-ms}", data: "{data}" };

function standard(bodies: SampleSet["bodies"], envelope: Json = usual): SampleSet {
  return {
    bodies,
    envelope,
    signedId: "msg_{id}",
    headers: { "user-agent": "Standard-Webhooks/1.0" },
  };
}

function bySvix(bodies: SampleSet["bodies"], envelope: Json = usual): SampleSet {
  return { ...standard(bodies, envelope), headers: { "user-agent": "Svix-Webhooks/1.90" } };
}

const clerkUser = {
  id: "user_{id}",
  object: "user",
  first_name: "Jenny",
  last_name: "Rosen",
  email_addresses: [{ id: "idn_{id}", email_address: "jenny.rosen@example.com" }],
  primary_email_address_id: "idn_{id}",
  created_at: "{#ms}",
  updated_at: "{#ms}",
};

const resendMail = {
  created_at: "{iso-ms}",
  email_id: "{id}",
  from: "Ringdown Shop <shop@example.com>",
  to: ["jenny.rosen@example.com"],
  subject: "Your order",
};

export const standardSamples: SampleCatalogue = {
  "standard-webhooks": standard({ "contact.created": contact }, "{data}"),
  svix: bySvix({ "contact.created": contact }, "{data}"),
  generic: {
    bodies: { "contact.created": { id: "{id}", ...contact } },
    headers: {
      "user-agent": "Ringdown-Sample/1.0",
      "x-event-type": "{type}",
      "idempotency-key": "{id}",
    },
  },

  clerk: bySvix(
    {
      "user.created": clerkUser,
      "user.updated": clerkUser,
      "user.deleted": { id: "user_{id}", object: "user", deleted: true },
      "session.created": {
        id: "sess_{id}",
        object: "session",
        user_id: "user_1",
        status: "active",
      },
    },
    {
      data: "{data}",
      object: "event",
      type: "{type}",
      timestamp: "{#ms}",
      instance_id: "ins_ringdown",
    },
  ),
  resend: bySvix(
    {
      "email.sent": resendMail,
      "email.delivered": resendMail,
      "email.bounced": {
        ...resendMail,
        bounce: { message: "The mailbox is full.", type: "Transient", subType: "MailboxFull" },
      },
    },
    { type: "{type}", created_at: "{iso-ms}", data: "{data}" },
  ),
  stytch: bySvix(
    { "direct.user.create": { user_id: "user-test-{id}", status: "active" } },
    {
      action: "CREATE",
      event_id: "event-{id}",
      event_type: "{type}",
      object_type: "user",
      source: "DIRECT",
      timestamp: "{iso}",
      user: "{data}",
    },
  ),
  vanta: bySvix({ "test.failed": { testId: "mfa-on-github", status: "NEEDS_ATTENTION" } }),

  anthropic: standard(
    { "session.status_idled": { id: "sesn_{id}", type: "session", status: "idle" } },
    { type: "{type}", id: "event_{id}", created_at: "{iso}", data: "{data}" },
  ),
  brex: standard(
    {
      TRANSFER_PROCESSED: { transfer_id: "dptx_{id}", payment_type: "ACH", company_id: "cuacc_1" },
    },
    { event_type: "{type}", transfer: "{data}" },
  ),
  etsy: standard(
    { "order.paid": { receipt_id: "{#number}", shop_id: 1001 } },
    {
      type: "{type}",
      resource_url: "https://api.etsy.com/v3/shops/1001/receipts/{number}",
      data: "{data}",
    },
  ),
  finch: standard(
    { "employment.updated": { individual_id: "{id}" } },
    { company_id: "company-1", account_id: "account-1", type: "{type}", data: "{data}" },
  ),
  gemini: standard({ "batch.succeeded": { id: "batches/{id}", state: "SUCCEEDED" } }),
  "incident-io": standard(
    {
      "public_incident.incident_created_v2": {
        id: "{id}",
        name: "Payments are slow",
        reference: "INC-7",
      },
    },
    { event_type: "{type}", "public_incident.incident_created_v2": "{data}" },
  ),
  increase: standard(
    { "transaction.created": "transaction" },
    {
      id: "event_{id}",
      created_at: "{iso}",
      category: "{type}",
      associated_object_type: "{data}",
      associated_object_id: "transaction_{id}",
      type: "event",
    },
  ),
  loops: standard(
    { "email.delivered": { id: "{id}", emailMessageId: "email_1", subject: "Welcome" } },
    { eventName: "{type}", eventTime: "{#s}", webhookSchemaVersion: "1.0.0", email: "{data}" },
  ),
  openai: standard(
    {
      "response.completed": { id: "resp_{id}" },
      "batch.completed": { id: "batch_{id}" },
      "fine_tuning.job.succeeded": { id: "ftjob-{id}" },
    },
    { object: "event", id: "evt_{id}", type: "{type}", created_at: "{#s}", data: "{data}" },
  ),
  polar: standard({
    "order.paid": { id: "{id}", status: "paid", total_amount: 4900, currency: "eur" },
    "subscription.created": { id: "{id}", status: "active", amount: 4900, currency: "eur" },
  }),
  "recall-ai": standard(
    {
      "bot.done": {
        data: { code: "done", updated_at: "{iso}" },
        bot: { id: "{id}", metadata: {} },
      },
    },
    { event: "{type}", data: "{data}" },
  ),
  render: standard({
    deploy_ended: {
      id: "evj-{id}",
      serviceId: "srv-1",
      serviceName: "storefront",
      status: "succeeded",
    },
  }),
  replicate: standard(
    { succeeded: { prompt: "a bell" }, failed: { prompt: "" } },
    {
      id: "{hex}",
      version: "v1",
      input: "{data}",
      status: "{type}",
      created_at: "{iso-ms}",
      logs: "",
    },
  ),
  "supabase-auth": standard(
    { before_user_created: { id: "{id}", email: "jenny.rosen@example.com" } },
    { metadata: { uuid: "{id}", time: "{iso}" }, type: "{type}", user: "{data}" },
  ),
};
