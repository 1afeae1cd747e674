/**
 * Customers, shops, accounting and people. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { SampleCatalogue, SampleSet } from "./sample.ts";

const hubspotEvent = {
  eventId: "{#number}",
  subscriptionId: 2311,
  portalId: 62515,
  appId: 54321,
  occurredAt: "{#ms}",
  subscriptionType: "{type}",
  attemptNumber: 0,
  objectId: 123,
  changeSource: "CRM",
};

const hubspot: SampleSet = {
  bodies: {
    "contact.creation": [{ ...hubspotEvent, changeFlag: "NEW" }],
    "contact.propertyChange": [
      { ...hubspotEvent, propertyName: "email", propertyValue: "jenny@example.com" },
    ],
    "deal.creation": [{ ...hubspotEvent, changeFlag: "NEW" }],
  },
  headers: { "user-agent": "HubSpot Connect 2.0 (http://dev.hubspot.com/)" },
};

const intercomConversation = {
  type: "conversation",
  id: "{number}",
  created_at: "{#s}",
  state: "open",
  source: { type: "conversation", author: { type: "user", email: "jenny@example.com" } },
};

const wooOrder = {
  id: "{#number}",
  status: "processing",
  currency: "EUR",
  total: "49.00",
  date_created: "{iso}",
  billing: { first_name: "Jenny", last_name: "Rosen", email: "jenny.rosen@example.com" },
  line_items: [{ id: 1, name: "Mug", product_id: 93, quantity: 1, total: "49.00" }],
};

const xeroEvent = {
  resourceUrl: "https://api.xero.com/api.xro/2.0/Invoices/{id}",
  resourceId: "{id}",
  eventDateUtc: "{iso}",
  eventType: "{action}",
  eventCategory: "{kind}",
  tenantId: "c2cc9b6e-9458-4c7d-93cc-f02b81b0594f",
  tenantType: "ORGANISATION",
};

export const businessSamples: SampleCatalogue = {
  attio: {
    bodies: { "record.created": { workspace_id: "w1", object_id: "o1", record_id: "{id}" } },
    envelope: {
      webhook_id: "hook-1",
      events: [
        { event_type: "{type}", id: "{data}", actor: { type: "workspace-member", id: "m1" } },
      ],
    },
    headers: { "idempotency-key": "{id}" },
  },
  autodesk: {
    bodies: { "dm.version.added": { ext: "rvt", size: "4096", source: "urn:adsk:{id}" } },
    envelope: {
      version: "1.0",
      resourceUrn: "urn:adsk:{id}",
      hook: { hookId: "hook-1", tenant: "t1", event: "{type}", system: "data" },
      payload: "{data}",
    },
    headers: { "x-adsk-delivery-id": "{id}" },
  },
  checkr: {
    bodies: { "report.completed": { id: "rep_{id}", object: "report", status: "clear" } },
    envelope: {
      id: "evt_{id}",
      object: "event",
      type: "{type}",
      created_at: "{iso}",
      data: { object: "{data}" },
    },
  },
  deel: {
    bodies: { "contract.created": [{ id: "{id}", title: "Engineer", status: "in_progress" }] },
    envelope: {
      data: { meta: { event_type: "{type}", event_type_id: "1" }, resource: "{data}" },
      timestamp: "{iso-ms}",
    },
    headers: { "x-deel-webhook-id": "{id}" },
  },
  front: {
    bodies: { inbound: { id: "evt_{id}", type: "inbound", emitted_at: "{#s}" } },
    envelope: { type: "{type}", authorization: { id: "cmp_1" }, payload: "{data}" },
  },
  helpscout: {
    bodies: {
      "convo.created": { id: "{#number}", subject: "Where is my order?", status: "active" },
    },
    headers: { "x-helpscout-event": "{type}" },
  },
  hubspot,
  "hubspot-legacy": {
    ...hubspot,
    headers: { ...hubspot.headers, "x-hubspot-signature-version": "v2" },
  },
  intercom: {
    bodies: {
      "conversation.user.created": intercomConversation,
      "conversation.admin.closed": { ...intercomConversation, state: "closed" },
      "contact.created": { type: "contact", id: "{hex}", email: "jenny@example.com", role: "user" },
    },
    envelope: {
      type: "notification_event",
      app_id: "ringdown",
      data: { type: "notification_event_data", item: "{data}" },
      id: "notif_{id}",
      topic: "{type}",
      delivery_attempts: 1,
      created_at: "{#s}",
      first_sent_at: "{#s}",
    },
  },
  lob: {
    bodies: { "postcard.delivered": { id: "psc_{id}", description: "Thanks", object: "postcard" } },
    envelope: {
      id: "evt_{id}",
      body: "{data}",
      reference_id: "psc_{id}",
      event_type: { id: "{type}", resource: "postcards", object: "event_type" },
      date_created: "{iso-ms}",
      object: "event",
    },
  },
  onfleet: {
    bodies: {
      taskCompleted: {
        taskId: "{id}",
        workerId: "worker-1",
        actionContext: { type: "WORKER", id: "worker-1" },
        triggerId: 3,
        triggerName: "{type}",
        time: "{#ms}",
      },
    },
  },
  persona: {
    bodies: {
      "inquiry.completed": { type: "inquiry", id: "inq_{id}", attributes: { status: "completed" } },
    },
    envelope: {
      data: {
        type: "event",
        id: "evt_{id}",
        attributes: { name: "{type}", "created-at": "{iso-ms}", payload: { data: "{data}" } },
      },
    },
  },
  pipedrive: {
    bodies: {
      "deal.create": { id: "{#number}", title: "Mugs", value: 49, currency: "EUR", status: "open" },
      "person.change": { id: "{#number}", name: "Jenny Rosen" },
    },
    envelope: {
      data: "{data}",
      previous: null,
      meta: {
        action: "{action}",
        entity: "{kind}",
        id: "{id}",
        version: "2.0",
        timestamp: "{iso-ms}",
      },
    },
  },
  shippo: {
    bodies: { track_updated: { carrier: "usps", tracking_number: "9205{number}" } },
    envelope: { event: "{type}", test: true, data: "{data}", carrier: "usps" },
  },
  woocommerce: {
    bodies: {
      "order.created": wooOrder,
      "order.updated": { ...wooOrder, status: "completed" },
      "product.updated": { id: "{#number}", name: "Mug", status: "publish", price: "49.00" },
      "customer.created": { id: "{#number}", email: "jenny.rosen@example.com", role: "customer" },
    },
    headers: {
      "user-agent": "WooCommerce/9.4.0 Hookshot (WordPress/6.7)",
      "x-wc-webhook-source": "https://shop.example.com/",
      "x-wc-webhook-topic": "{type}",
      "x-wc-webhook-resource": "{kind}",
      "x-wc-webhook-event": "{action}",
      "x-wc-webhook-id": "7",
      "x-wc-webhook-delivery-id": "{id}",
    },
  },
  xero: {
    bodies: { "INVOICE.UPDATE": xeroEvent, "CONTACT.CREATE": xeroEvent },
    envelope: {
      events: ["{data}"],
      firstEventSequence: "{#number}",
      lastEventSequence: "{#number}",
      entropy: "RINGDOWNSAMPLE",
    },
  },
  zendesk: {
    bodies: {
      "zen:event-type:ticket.created": {
        id: "{number}",
        subject: "Where is my order?",
        status: "NEW",
      },
      "zen:event-type:user.created": { id: "{number}", email: "jenny@example.com" },
    },
    envelope: {
      account_id: 1,
      detail: "{data}",
      event: {},
      id: "{id}",
      subject: "zen:ticket:{number}",
      time: "{iso}",
      type: "{type}",
      zendesk_event_version: "2022-11-06",
    },
    headers: { "x-zendesk-webhook-id": "hook-1", "x-zendesk-webhook-invocation-id": "{id}" },
  },
};
