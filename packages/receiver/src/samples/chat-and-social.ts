/**
 * Chat, meetings and social networks. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { SampleCatalogue } from "./sample.ts";

const PERSON = "1234567890";

const discordUser = {
  id: "80351110224678912",
  username: "jenny",
  discriminator: "0",
  avatar: null,
};

const lineEvent = {
  type: "{type}",
  webhookEventId: "{id}",
  deliveryContext: { isRedelivery: false },
  timestamp: "{#ms}",
  mode: "active",
  source: { type: "user", userId: "U4af4980629" },
  replyToken: "{hex}",
};

const whatsapp = {
  messaging_product: "whatsapp",
  metadata: { display_phone_number: "15550001111", phone_number_id: "106540352242922" },
};

const telegramPerson = { id: 111, is_bot: false, first_name: "Jenny", username: "jenny" };
const telegramMessage = {
  message_id: 7,
  from: telegramPerson,
  chat: { id: 111, first_name: "Jenny", type: "private" },
  date: "{#s}",
  text: "How many events are waiting?",
};

const twitchUser = { broadcaster_user_id: "1337", broadcaster_user_login: "jenny" };

const zoomMeeting = {
  account_id: "ringdown",
  object: { id: "{number}", uuid: "{id}", topic: "Planning", type: 2, host_id: "h1", duration: 30 },
};

export const chatSamples: SampleCatalogue = {
  discord: [
    {
      bodies: {
        APPLICATION_AUTHORIZED: {
          integration_type: 1,
          scopes: ["applications.commands"],
          user: discordUser,
        },
        ENTITLEMENT_CREATE: { id: "{number}", sku_id: "1", user_id: discordUser.id, type: 8 },
      },
      envelope: {
        version: 1,
        application_id: PERSON,
        type: 1,
        event: { type: "{type}", timestamp: "{iso-ms}", data: "{data}" },
      },
    },
    {
      bodies: {
        status: {
          id: "{id}",
          application_id: PERSON,
          type: 2,
          token: "interaction-token",
          version: 1,
          data: { id: "771825006014889984", name: "status", type: 1 },
          member: { user: discordUser },
        },
      },
    },
  ],
  line: {
    bodies: {
      message: { ...lineEvent, message: { id: "{number}", type: "text", text: "Hello" } },
      follow: { ...lineEvent, follow: { isUnblocked: false } },
      unfollow: lineEvent,
    },
    envelope: { destination: "U0ringdown", events: ["{data}"] },
    headers: { "user-agent": "LineBotWebhook/2.0" },
  },
  linkedin: {
    bodies: {
      ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS: [
        { notificationId: "{#number}", action: "COMMENT", lastModifiedAt: "{#ms}" },
      ],
    },
    envelope: { type: "{type}", notifications: "{data}" },
  },
  livekit: {
    bodies: {
      room_started: {
        event: "{type}",
        room: { sid: "RM_1", name: "planning" },
        id: "EV_{id}",
        createdAt: "{s}",
      },
      participant_joined: {
        event: "{type}",
        room: { sid: "RM_1", name: "planning" },
        participant: { sid: "PA_1", identity: "jenny" },
        id: "EV_{id}",
        createdAt: "{s}",
      },
    },
    headers: { "content-type": "application/webhook+json" },
  },
  meta: {
    bodies: {
      "whatsapp_business_account.messages": {
        ...whatsapp,
        contacts: [{ profile: { name: "Jenny" }, wa_id: "33600000000" }],
        messages: [
          {
            from: "33600000000",
            id: "wamid.{id}",
            timestamp: "{s}",
            type: "text",
            text: { body: "Hi" },
          },
        ],
      },
      "instagram.comments": {
        id: "{number}",
        text: "Lovely mug",
        from: { id: PERSON, username: "jenny" },
      },
      "page.feed": { item: "status", verb: "add", post_id: "1_{number}", message: "New mugs" },
    },
    envelope: {
      object: "{kind}",
      entry: [
        { id: "102290129340398", time: "{#s}", changes: [{ value: "{data}", field: "{action}" }] },
      ],
    },
    headers: { "user-agent": "facebookexternalua", accept: "*/*" },
  },
  "microsoft-teams": {
    bodies: {
      message: {
        type: "{type}",
        id: "{id}",
        timestamp: "{iso-ms}",
        channelId: "msteams",
        from: { id: "29:1", name: "Jenny Rosen" },
        conversation: { id: "19:general" },
        text: "<at>Ringdown</at> status",
      },
    },
  },
  pusher: {
    bodies: { channel_occupied: { name: "{type}", channel: "orders" } },
    envelope: { time_ms: "{#ms}", events: ["{data}"] },
    headers: { "x-pusher-key": "ringdown" },
  },
  ringcentral: {
    bodies: {
      "/restapi/v1.0/account/1/extension/1/message-store": {
        accountId: 1,
        extensionId: 1,
        changes: [],
      },
    },
    envelope: {
      uuid: "{id}",
      event: "{type}",
      timestamp: "{iso-ms}",
      subscriptionId: "s1",
      body: "{data}",
    },
  },
  sendbird: {
    bodies: {
      "group_channel:message_send": {
        category: "{type}",
        sender: { user_id: "jenny", nickname: "Jenny" },
        payload: { message_id: "{#number}", message: "Hello" },
        app_id: "RINGDOWN",
      },
    },
  },
  telegram: {
    bodies: {
      message: { update_id: "{#number}", message: telegramMessage },
      edited_message: {
        update_id: "{#number}",
        edited_message: { ...telegramMessage, edit_date: "{#s}" },
      },
      callback_query: {
        update_id: "{#number}",
        callback_query: {
          id: "{id}",
          from: telegramPerson,
          message: telegramMessage,
          data: "replay",
        },
      },
    },
  },
  tiktok: {
    bodies: {
      "video.publish.completed": {
        client_key: "ringdown",
        event: "{type}",
        create_time: "{#s}",
        user_openid: "act.example",
        content: '{"share_id":"{id}"}',
      },
    },
  },
  twitch: {
    bodies: {
      "stream.online": { id: "{number}", ...twitchUser, type: "live", started_at: "{iso}" },
      "channel.follow": {
        user_id: "1234",
        user_login: "cool_user",
        ...twitchUser,
        followed_at: "{iso}",
      },
    },
    envelope: {
      subscription: {
        id: "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
        type: "{type}",
        version: "1",
        status: "enabled",
        cost: 0,
        condition: { broadcaster_user_id: "1337" },
        transport: { method: "webhook", callback: "https://hooks.example.com/in/twitch" },
        created_at: "2026-01-01T10:00:00Z",
      },
      event: "{data}",
    },
    headers: {
      "twitch-eventsub-message-type": "notification",
      "twitch-eventsub-subscription-type": "{type}",
      "twitch-eventsub-subscription-version": "1",
      "twitch-eventsub-message-retry": "0",
    },
  },
  webex: {
    bodies: {
      "messages.created": {
        id: "hook-1",
        name: "Ringdown",
        resource: "{kind}",
        event: "{action}",
        actorId: "a1",
        data: { id: "{id}", roomId: "r1", personEmail: "jenny@example.com", created: "{iso-ms}" },
      },
    },
  },
  x: {
    bodies: {
      tweet_create_events: {
        for_user_id: "2244994945",
        tweet_create_events: [{ created_at: "{iso}", id_str: "{number}", text: "Hello" }],
      },
      direct_message_events: {
        for_user_id: "4337869213",
        direct_message_events: [
          { type: "message_create", id: "{number}", created_timestamp: "{ms}" },
        ],
      },
    },
  },
  zoom: {
    bodies: {
      "meeting.started": zoomMeeting,
      "meeting.ended": zoomMeeting,
      "recording.completed": zoomMeeting,
    },
    envelope: { event: "{type}", event_ts: "{#ms}", payload: "{data}" },
    headers: { "user-agent": "Zoom Marketplace/1.0a", clientid: "ringdown" },
  },
};
