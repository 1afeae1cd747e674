/**
 * Accounts, clouds, machine learning and media. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { SampleCatalogue } from "./sample.ts";

const auth0Log = {
  date: "{iso-ms}",
  type: "{type}",
  connection: "Username-Password-Authentication",
  client_name: "Shop",
  ip: "192.0.2.7",
  user_name: "jenny.rosen@example.com",
  log_id: "{id}",
};

const sesMail = {
  messageId: "mail-{id}",
  source: "shop@example.com",
  destination: ["a@example.com"],
};

const graphItem = {
  id: "{id}",
  subscriptionId: "7f105c7d-2dc5-4530-97cd-4e7ae6534c07",
  subscriptionExpirationDateTime: "2026-12-31T00:00:00Z",
  clientState: "{secret}",
  changeType: "{type}",
  resource: "users/1/messages/1",
  tenantId: "84bd8158-6d4d-4958-8b9f-9d6445542f95",
};

const oktaEvent = {
  uuid: "{id}",
  published: "{iso-ms}",
  eventType: "{type}",
  version: "0",
  severity: "INFO",
  actor: { id: "00u1", type: "User", alternateId: "jenny.rosen@example.com" },
  outcome: { result: "SUCCESS" },
};

const workosUser = {
  object: "user",
  id: "user_{id}",
  email: "jenny.rosen@example.com",
  first_name: "Jenny",
  last_name: "Rosen",
  email_verified: true,
  created_at: "{iso-ms}",
};

export const platformSamples: SampleCatalogue = {
  auth0: {
    bodies: { s: auth0Log, fp: auth0Log },
    envelope: [{ log_id: "{id}", data: "{data}" }],
  },
  "aws-sns": {
    bodies: {
      Notification: "The order was paid.",
      Bounce: { eventType: "{type}", mail: sesMail, bounce: { bounceType: "Permanent" } },
      Delivery: { eventType: "{type}", mail: sesMail, delivery: { timestamp: "{iso-ms}" } },
    },
    envelope: {
      Type: "Notification",
      MessageId: "{id}",
      TopicArn: "arn:aws:sns:eu-central-1:123456789012:orders",
      Message: "{text}",
      Timestamp: "{iso-ms}",
      SignatureVersion: "2",
    },
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      "user-agent": "Amazon Simple Notification Service Agent",
      "x-amz-sns-message-type": "Notification",
      "x-amz-sns-message-id": "{id}",
    },
  },
  cloudevents: {
    bodies: { "com.example.order.paid": { order: "{id}", total: 4900 } },
    headers: {
      "ce-specversion": "1.0",
      "ce-type": "{type}",
      "ce-source": "/shop/orders",
      "ce-id": "{id}",
      "ce-time": "{iso}",
    },
  },
  deepgram: {
    bodies: {
      transcription: {
        metadata: { request_id: "{id}", created: "{iso-ms}", duration: 12.5, channels: 1 },
        results: { channels: [{ alternatives: [{ transcript: "hello", confidence: 0.99 }] }] },
      },
    },
  },
  ebay: {
    bodies: { MARKETPLACE_ACCOUNT_DELETION: { username: "jenny", userId: "u1", eiasToken: "e1" } },
    envelope: {
      metadata: { topic: "{type}", schemaVersion: "1.0", deprecated: false },
      notification: {
        notificationId: "{id}",
        eventDate: "{iso-ms}",
        publishDate: "{iso-ms}",
        publishAttemptCount: 1,
        data: "{data}",
      },
    },
  },
  elevenlabs: {
    bodies: {
      post_call_transcription: { agent_id: "agent_1", conversation_id: "{id}", status: "done" },
    },
    envelope: { type: "{type}", event_timestamp: "{#s}", data: "{data}" },
  },
  fusionauth: {
    bodies: {
      "user.create.complete": { id: "user-1", email: "jenny.rosen@example.com", active: true },
    },
    envelope: { event: { type: "{type}", id: "{id}", createInstant: "{#ms}", user: "{data}" } },
  },
  "google-channel": {
    bodies: { exists: {}, update: {} },
    headers: {
      "user-agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
      "x-goog-channel-id": "channel-{id}",
      "x-goog-message-number": "{number}",
      "x-goog-resource-id": "resource-1",
      "x-goog-resource-state": "{type}",
      "x-goog-resource-uri": "https://www.googleapis.com/drive/v3/files/1",
    },
  },
  knock: {
    bodies: { "message.sent": { id: "message-{id}", channel_id: "c1", status: "sent" } },
    envelope: {
      __typename: "Event",
      id: "{id}",
      type: "{type}",
      created_at: "{iso-ms}",
      data: "{data}",
    },
  },
  "microsoft-graph": {
    bodies: { created: graphItem, updated: graphItem },
    envelope: { value: ["{data}"] },
  },
  mixpanel: {
    bodies: { members: [{ $distinct_id: "{id}", $email: "jenny.rosen@example.com" }] },
    envelope: { action: "{type}", parameters: { mixpanel_cohort_id: "1", members: "{data}" } },
  },
  mux: {
    bodies: {
      "video.asset.ready": { id: "{hex}", status: "ready", duration: 23.8, playback_ids: [] },
      "video.asset.errored": { id: "{hex}", status: "errored", errors: { type: "invalid_input" } },
    },
    envelope: {
      type: "{type}",
      id: "{id}",
      created_at: "{iso}",
      object: { type: "asset", id: "{hex}" },
      environment: { name: "Production", id: "env1" },
      data: "{data}",
    },
  },
  nylas: {
    bodies: { "message.created": { id: "{number}", grant_id: "grant-1", subject: "Your order" } },
    envelope: {
      specversion: "1.0",
      type: "{type}",
      source: "/google/emails/realtime",
      id: "{id}",
      time: "{#s}",
      data: { application_id: "app-1", object: "{data}" },
    },
  },
  okta: {
    bodies: { "user.lifecycle.create": oktaEvent, "user.session.start": oktaEvent },
    envelope: {
      eventType: "com.okta.event_hook",
      eventTypeVersion: "1.0",
      cloudEventsVersion: "0.1",
      source: "https://ringdown.okta.com/api/v1/eventHooks/hook-1",
      eventId: "{id}",
      data: { events: ["{data}"] },
      eventTime: "{iso-ms}",
      contentType: "application/json",
    },
  },
  segment: {
    bodies: {
      "track.Order Completed": {
        messageId: "{id}",
        type: "{kind}",
        event: "{action}",
        userId: "user-1",
        properties: { total: 49, currency: "EUR" },
        timestamp: "{iso-ms}",
      },
    },
  },
  workos: {
    bodies: {
      "user.created": workosUser,
      "user.updated": workosUser,
      "dsync.user.created": {
        object: "directory_user",
        id: "directory_user_{id}",
        state: "active",
      },
      "connection.activated": { object: "connection", id: "conn_{id}", state: "active" },
    },
    envelope: { id: "event_{id}", event: "{type}", data: "{data}", created_at: "{iso-ms}" },
  },
  zapier: {
    bodies: { "lead.created": { type: "{type}", email: "jenny.rosen@example.com", name: "Jenny" } },
    headers: { "user-agent": "Zapier", "x-event-type": "{type}", "idempotency-key": "{id}" },
  },
};
