/**
 * Slack's bodies, after docs.slack.dev "Events API"; slash commands and interactivity in their shape,
 * shortened. All data invented.
 */
import type { SampleCatalogue } from "./sample.ts";

const TEAM = "T0RINGDOWN";
const APP = "A0RINGDOWN";
const BOT_USER = "U0RINGBOT1";
const CHANNEL = "C0LAN2Q65A";
const PERSON = "U061F7AUR1";

/** Deprecated by Slack, still sent; the signature is what counts. */
const TOKEN = { token: "XXYYZZ" };

const headers = { "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)", accept: "*/*" };

const text = {
  user: PERSON,
  text: `<@${BOT_USER}> how many events are waiting?`,
  ts: "{s}.000200",
  channel: CHANNEL,
  team: TEAM,
  event_ts: "{s}.000200",
};

export const slackSamples: SampleCatalogue = {
  slack: [
    {
      bodies: {
        app_mention: { type: "{type}", ...text },
        message: { type: "{type}", ...text, channel_type: "channel" },
        reaction_added: {
          type: "{type}",
          user: PERSON,
          reaction: "bell",
          item: { type: "message", channel: CHANNEL, ts: "{s}.000200" },
          item_user: BOT_USER,
          event_ts: "{s}.000300",
        },
      },
      envelope: {
        ...TOKEN,
        team_id: TEAM,
        context_team_id: TEAM,
        api_app_id: APP,
        event: "{data}",
        type: "event_callback",
        event_id: "Ev{id}",
        event_time: "{#s}",
        authorizations: [
          {
            enterprise_id: null,
            team_id: TEAM,
            user_id: BOT_USER,
            is_bot: true,
            is_enterprise_install: false,
          },
        ],
        is_ext_shared_channel: false,
        event_context: "4-{id}",
      },
      headers,
    },
    {
      bodies: {
        url_verification: { ...TOKEN, challenge: "challenge-{id}", type: "url_verification" },
      },
      headers,
    },
    {
      content: "form",
      bodies: {
        "/ringdown": {
          ...TOKEN,
          team_id: TEAM,
          team_domain: "ringdown",
          channel_id: CHANNEL,
          channel_name: "general",
          user_id: PERSON,
          user_name: "jenny",
          command: "{type}",
          text: "status of payments",
          api_app_id: APP,
          response_url: "https://hooks.slack.com/commands/T0RINGDOWN/1/sample",
          trigger_id: "{s}.{id}",
        },
        block_actions: {
          payload: {
            type: "{type}",
            user: { id: PERSON, username: "jenny", team_id: TEAM },
            api_app_id: APP,
            ...TOKEN,
            container: { type: "message", message_ts: "{s}.000200", channel_id: CHANNEL },
            trigger_id: "{s}.{id}",
            actions: [
              {
                type: "button",
                block_id: "b1",
                action_id: "replay",
                value: "dead",
                action_ts: "{s}.1",
              },
            ],
          },
        },
      },
      headers,
    },
  ],
};
