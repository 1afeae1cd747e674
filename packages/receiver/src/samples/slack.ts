/** Slack's bodies, after docs.slack.dev "Events API". All data invented. */
import { slack } from "../providers/slack.ts";
import {
  type JsonObject,
  prefixed,
  type ProviderSamples,
  type SampleSeed,
  secondsOf,
} from "./sample.ts";

const TEAM = "T0RINGDOWN";
const APP = "A0RINGDOWN";
const BOT_USER = "U0RINGBOT1";

/** Deprecated by Slack, still sent; the signature is what counts. */
const VERIFICATION_TOKEN = "XXYYZZ";

function appMention(seed: SampleSeed): JsonObject {
  const eventTime = secondsOf(seed);
  const eventTs = `${eventTime}.000200`;
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM,
    context_team_id: TEAM,
    api_app_id: APP,
    event: {
      type: "app_mention",
      user: "U061F7AUR1",
      text: `<@${BOT_USER}> how many events are waiting?`,
      ts: eventTs,
      channel: "C0LAN2Q65A",
      team: TEAM,
      event_ts: eventTs,
    },
    type: "event_callback",
    event_id: prefixed("Ev", seed.id),
    event_time: eventTime,
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
    event_context: `4-${seed.id}`,
  };
}

function urlVerification(seed: SampleSeed): JsonObject {
  return {
    token: VERIFICATION_TOKEN,
    challenge: `challenge-${seed.id}`,
    type: "url_verification",
  };
}

export const slackSamples: ProviderSamples = {
  provider: slack,
  bodies: { app_mention: appMention, url_verification: urlVerification },
  headers: () => ({
    "content-type": "application/json",
    "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    accept: "*/*",
  }),
};
