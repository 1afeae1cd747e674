/**
 * Mail, text messages and calls. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { Json, SampleCatalogue } from "./sample.ts";

const TO = "jenny.rosen@example.com";
const ACCOUNT = "AC00000000000000000000000000000000";

/** The body is not signed, only these two. */
const mailgunSignature = { token: "{hex}{hex}", timestamp: "{s}", signature: "" };

const mailgunMail = {
  id: "{id}",
  timestamp: "{#s}",
  event: "{type}",
  recipient: TO,
  "recipient-domain": "example.com",
  message: { headers: { "message-id": "{id}@mg.example.com", subject: "Your order", to: TO } },
  tags: ["orders"],
  "log-level": "info",
};

const postmarkMail = { MessageID: "{id}", Recipient: TO, MessageStream: "outbound", Tag: "orders" };

/** SendGrid sends lists, of one event or of many. */
function sendgrid(more: { readonly [name: string]: Json }): Json {
  const common = {
    email: TO,
    timestamp: "{#s}",
    "smtp-id": "<{id}@example.com>",
    event: "{type}",
    category: ["orders"],
    sg_event_id: "{id}",
    sg_message_id: "message-{id}",
  };
  return [{ ...common, ...more }];
}

const twilioMessage = {
  SmsSid: "SM{hex}",
  MessageSid: "SM{hex}",
  AccountSid: ACCOUNT,
  MessagingServiceSid: "MG00000000000000000000000000000000",
  From: "+15550001111",
  To: "+33600000000",
  ApiVersion: "2010-04-01",
};
const twilioCall = {
  CallSid: "CA{hex}",
  AccountSid: ACCOUNT,
  From: "+15550001111",
  To: "+33600000000",
  CallStatus: "{type}",
  Direction: "inbound",
  ApiVersion: "2010-04-01",
  CallbackSource: "call-progress-events",
  Timestamp: "{iso}",
};

export const mailSamples: SampleCatalogue = {
  brevo: {
    bodies: {
      delivered: {
        event: "{type}",
        email: TO,
        id: 26224,
        date: "{iso}",
        ts_event: "{#s}",
        "message-id": "<{id}@relay.example.com>",
        subject: "Your order",
      },
    },
  },
  "customer-io": {
    bodies: { "email.delivered": { delivery_id: "d1", recipient: TO, subject: "Your order" } },
    envelope: {
      data: "{data}",
      event_id: "{id}",
      object_type: "{kind}",
      metric: "{action}",
      timestamp: "{#s}",
    },
  },
  klaviyo: {
    bodies: { "event:klaviyo.opened_email": { id: "{id}", email: TO } },
    envelope: {
      meta: { klaviyo_webhook_id: "hook-1", timestamp: "{iso}", version: "2026-10-15" },
      data: [{ topic: "{type}", payload: "{data}" }],
    },
    headers: { "klaviyo-webhook-id": "hook-{id}" },
  },
  mailgun: {
    bodies: {
      delivered: mailgunMail,
      opened: { ...mailgunMail, ip: "192.0.2.7", geolocation: { country: "FR" } },
      failed: {
        ...mailgunMail,
        severity: "permanent",
        reason: "bounce",
        "delivery-status": { code: 550, message: "No such mailbox." },
      },
    },
    envelope: { signature: mailgunSignature, "event-data": "{data}" },
    headers: { "user-agent": "mailgun/treq-24.9.1" },
  },
  mandrill: {
    content: "form",
    bodies: {
      send: {
        event: "{type}",
        _id: "{hex}",
        ts: "{#s}",
        msg: { _id: "{hex}", email: TO, state: "sent" },
      },
      open: { event: "{type}", _id: "{hex}", ts: "{#s}", ip: "192.0.2.7", msg: { email: TO } },
    },
    envelope: { mandrill_events: ["{data}"] },
    headers: { "user-agent": "Mandrill-Webhook/1.0" },
  },
  messagebird: {
    bodies: {
      "message.updated": {
        type: "{type}",
        id: "{id}",
        status: "delivered",
        recipient: "33600000000",
      },
    },
  },
  postmark: {
    bodies: {
      Delivery: { RecordType: "{type}", ...postmarkMail, DeliveredAt: "{iso}", Details: "250 OK" },
      Bounce: {
        RecordType: "{type}",
        ID: "{#number}",
        Type: "HardBounce",
        TypeCode: 1,
        MessageID: "{id}",
        Email: TO,
        BouncedAt: "{iso}",
      },
      Open: { RecordType: "{type}", ...postmarkMail, FirstOpen: true, ReceivedAt: "{iso}" },
    },
    headers: { "user-agent": "Postmark" },
  },
  sendgrid: {
    bodies: {
      delivered: sendgrid({ response: "250 OK" }),
      open: sendgrid({ useragent: "Mozilla/5.0", ip: "192.0.2.7" }),
      bounce: sendgrid({ reason: "550 No such mailbox.", status: "5.0.0", type: "bounce" }),
    },
    headers: { "user-agent": "SendGrid Event API" },
  },
  sinch: {
    bodies: {
      MESSAGE_DELIVERY: {
        app_id: "app-1",
        accepted_time: "{iso}",
        event_time: "{iso}",
        trigger: "{type}",
        message_delivery_report: { message_id: "{id}", status: "DELIVERED" },
      },
    },
    headers: {
      "x-sinch-webhook-signature-nonce": "{hex}",
      "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    },
  },
  sparkpost: {
    bodies: { delivery: { message_id: "{hex}", rcpt_to: TO, event_id: "{number}" } },
    envelope: [{ msys: { message_event: { type: "{type}", timestamp: "{s}", "...": "{data}" } } }],
    headers: { "x-messagesystems-batch-id": "{id}" },
  },
  telnyx: {
    bodies: {
      "message.received": {
        id: "message-{id}",
        direction: "inbound",
        from: { phone_number: "+15550001111" },
        to: [{ phone_number: "+33600000000", status: "webhook_delivered" }],
        text: "Hello",
        type: "SMS",
      },
      "call.initiated": { call_control_id: "v3:{id}", from: "+15550001111", state: "parked" },
    },
    envelope: {
      data: {
        event_type: "{type}",
        id: "{id}",
        occurred_at: "{iso-ms}",
        payload: "{data}",
        record_type: "event",
      },
      meta: { attempt: 1, delivered_to: "https://hooks.example.com/in/telnyx" },
    },
  },
  twilio: {
    content: "form",
    bodies: {
      delivered: { ...twilioMessage, SmsStatus: "delivered", MessageStatus: "delivered" },
      received: {
        ...twilioMessage,
        SmsStatus: "received",
        Body: "How many are waiting?",
        NumMedia: "0",
      },
      ringing: { ...twilioCall, SequenceNumber: "1" },
      completed: { ...twilioCall, SequenceNumber: "3", CallDuration: "42" },
    },
    headers: { "user-agent": "TwilioProxy/1.1", "i-twilio-idempotency-token": "{id}" },
  },
  vonage: {
    bodies: {
      text: {
        channel: "sms",
        message_uuid: "{id}",
        to: "33600000000",
        from: "15550001111",
        timestamp: "{iso}",
        message_type: "{type}",
        text: "Hello",
      },
      delivered: { message_uuid: "{id}", to: "33600000000", status: "{type}", channel: "sms" },
    },
  },
};
