/**
 * Forms, calendars, files and content. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { SampleCatalogue } from "./sample.ts";

const asanaEvent = {
  user: { gid: "1123", resource_type: "user" },
  created_at: "{iso-ms}",
  action: "{action}",
  resource: { gid: "{number}", resource_type: "{kind}", resource_subtype: "default_task" },
  parent: null,
};

const calBooking = {
  title: "Planning",
  startTime: "{iso}",
  endTime: "{iso}",
  organizer: { name: "Jenny Rosen", email: "jenny.rosen@example.com", timeZone: "Europe/Paris" },
  attendees: [{ name: "Zoë Müller", email: "zoe@example.com" }],
  uid: "{id}",
  status: "ACCEPTED",
};

const calendlyInvitee = {
  uri: "https://api.calendly.com/scheduled_events/EVENT1/invitees/{id}",
  email: "zoe@example.com",
  name: "Zoë Müller",
  status: "active",
  timezone: "Europe/Berlin",
  event: "https://api.calendly.com/scheduled_events/EVENT1",
  created_at: "{iso-ms}",
};

const contentfulEntry = {
  sys: {
    type: "Entry",
    id: "{id}",
    space: { sys: { type: "Link", linkType: "Space", id: "shop" } },
    contentType: { sys: { type: "Link", linkType: "ContentType", id: "product" } },
    revision: 1,
    createdAt: "{iso-ms}",
  },
  fields: { title: { "en-US": "Mug" } },
};

const docusignEnvelope = { accountId: "account-1", userId: "user-1", envelopeId: "{id}" };

const notionPage = {
  entity: { id: "page-{id}", type: "page" },
  data: { parent: { type: "space" } },
};

const trelloCard = { id: "card-1", name: "Show the stock", shortLink: "abcd", idShort: 7 };

export const documentSamples: SampleCatalogue = {
  adobe: {
    bodies: {
      "com.adobe.photoshop.file.saved": { "xdm:fileName": "mug.psd" },
    },
    envelope: {
      event_id: "{id}",
      event: "{data}",
      type: "{type}",
      recipient_client_id: "ringdown",
    },
    headers: { "x-adobe-event-id": "{id}" },
  },
  airtable: {
    bodies: {
      ping: {
        base: { id: "app00000000000000" },
        webhook: { id: "ach00000000000000" },
        timestamp: "{iso-ms}",
      },
    },
  },
  asana: {
    bodies: {
      "task.added": asanaEvent,
      "task.changed": { ...asanaEvent, change: { field: "due_on", action: "changed" } },
      "story.added": asanaEvent,
    },
    envelope: { events: ["{data}"] },
  },
  box: {
    bodies: { "FILE.UPLOADED": { id: "{number}", type: "file", name: "mug.pdf" } },
    envelope: {
      type: "webhook_event",
      id: "{id}",
      created_at: "{iso}",
      trigger: "{type}",
      webhook: { id: "53", type: "webhook" },
      created_by: { type: "user", id: "1", name: "Jenny Rosen" },
      source: "{data}",
    },
    headers: { "box-delivery-id": "{id}", "box-signature-version": "1" },
  },
  "cal-com": {
    bodies: {
      BOOKING_CREATED: calBooking,
      BOOKING_CANCELLED: { ...calBooking, status: "CANCELLED", cancellationReason: "Rain" },
    },
    envelope: { triggerEvent: "{type}", createdAt: "{iso-ms}", payload: "{data}" },
  },
  calendly: {
    bodies: {
      "invitee.created": calendlyInvitee,
      "invitee.canceled": {
        ...calendlyInvitee,
        status: "canceled",
        cancellation: { reason: "Rain" },
      },
    },
    envelope: {
      created_at: "{iso-ms}",
      created_by: "https://api.calendly.com/users/USER1",
      event: "{type}",
      payload: "{data}",
    },
  },
  contentful: {
    bodies: {
      "ContentManagement.Entry.publish": contentfulEntry,
      "ContentManagement.Entry.save": contentfulEntry,
    },
    headers: {
      "content-type": "application/vnd.contentful.management.v1+json",
      "x-contentful-topic": "{type}",
      "x-contentful-webhook-name": "Ringdown",
      "x-contentful-idempotency-key": "{id}",
      "x-contentful-signed-headers":
        "x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic",
    },
  },
  docusign: {
    bodies: {
      "envelope-sent": docusignEnvelope,
      "envelope-completed": docusignEnvelope,
      "recipient-completed": { ...docusignEnvelope, recipientId: "1" },
    },
    envelope: {
      event: "{type}",
      apiVersion: "v2.1",
      uri: "/restapi/v2.1/accounts/account-1/envelopes/{id}",
      retryCount: 0,
      configurationId: 1,
      generatedDateTime: "{iso-ms}",
      data: "{data}",
    },
    headers: { "user-agent": "DocuSign-Connect/1.0" },
  },
  dropbox: {
    bodies: { list_folder: { list_folder: { accounts: ["dbid:{id}"] }, delta: { users: [1] } } },
    headers: { "user-agent": "DropboxWebhooks/1.0" },
  },
  framer: {
    bodies: { submission: { email: "jenny@example.com", text: "Hello" } },
    headers: { "framer-webhook-submission-id": "{id}" },
  },
  monday: {
    bodies: {
      create_pulse: { pulseName: "Show the stock", groupId: "topics" },
      update_column_value: { columnId: "status", value: { label: { text: "Done" } } },
    },
    envelope: {
      event: {
        userId: 1,
        boardId: 1771812698,
        pulseId: "{#number}",
        type: "{type}",
        triggerTime: "{iso-ms}",
        triggerUuid: "{id}",
        details: "{data}",
      },
    },
  },
  notion: {
    bodies: {
      "page.created": notionPage,
      "page.content_updated": notionPage,
      "comment.created": {
        entity: { id: "comment-{id}", type: "comment" },
        data: { page_id: "p1" },
      },
    },
    envelope: {
      id: "{id}",
      timestamp: "{iso-ms}",
      workspace_id: "workspace-1",
      workspace_name: "Ringdown",
      subscription_id: "subscription-1",
      integration_id: "integration-1",
      authors: [{ id: "author-1", type: "person" }],
      attempt_number: 1,
      type: "{type}",
      "...": "{data}",
    },
  },
  pandadoc: {
    bodies: {
      document_state_changed: { id: "{id}", name: "Offer", status: "document.completed" },
    },
    envelope: [{ event: "{type}", data: "{data}" }],
  },
  sanity: {
    bodies: { product: { _id: "{id}", _rev: "rev-{id}", _type: "{type}", title: "Mug" } },
    headers: { "idempotency-key": "{id}", "sanity-operation": "update" },
  },
  tally: {
    bodies: {
      FORM_RESPONSE: {
        responseId: "r1",
        formId: "f1",
        formName: "Contact",
        createdAt: "{iso-ms}",
        fields: [{ key: "q1", label: "Email", type: "INPUT_EMAIL", value: "jenny@example.com" }],
      },
    },
    envelope: { eventId: "{id}", eventType: "{type}", createdAt: "{iso-ms}", data: "{data}" },
  },
  trello: {
    bodies: {
      createCard: { card: trelloCard, list: { id: "list-1", name: "To do" } },
      updateCard: { card: trelloCard, listBefore: { name: "To do" }, listAfter: { name: "Done" } },
    },
    envelope: {
      action: {
        id: "{id}",
        idMemberCreator: "member-1",
        data: "{data}",
        type: "{type}",
        date: "{iso-ms}",
      },
      model: { id: "board-1", name: "Shop" },
    },
  },
  typeform: {
    bodies: {
      form_response: {
        form_id: "lT4Z3j",
        token: "token-{id}",
        landed_at: "{iso}",
        submitted_at: "{iso}",
        definition: { id: "lT4Z3j", title: "Contact", fields: [{ id: "q1", type: "email" }] },
        answers: [{ type: "email", email: "jenny.rosen@example.com", field: { id: "q1" } }],
      },
    },
    envelope: { event_id: "{id}", event_type: "{type}", form_response: "{data}" },
    headers: { "user-agent": "Typeform Webhooks" },
  },
};
