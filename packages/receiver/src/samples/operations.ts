/**
 * Errors, alarms and switches. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { SampleCatalogue } from "./sample.ts";

const pagerdutyIncident = {
  id: "PGR0VU2",
  type: "incident",
  number: 2,
  title: "Payments are slow",
  service: { id: "PF9KMXH", summary: "Shop", type: "service_reference" },
  urgency: "high",
};

const sentryIssue = {
  issue: {
    id: "{number}",
    shortId: "SHOP-1",
    title: "TypeError: price is undefined",
    level: "error",
    status: "unresolved",
    platform: "node",
  },
};

export const operationSamples: SampleCatalogue = {
  cloudflare: {
    bodies: { http_alert_origin_error: { zone: "shop.example.com", percent: 7 } },
    envelope: {
      name: "Shop",
      text: "The origin answers with errors.",
      data: "{data}",
      ts: "{#s}",
      account_id: "a1",
      alert_type: "{type}",
      alert_correlation_id: "{id}",
    },
  },
  configcat: {
    bodies: { "setting.changed": { settingKey: "showStock", environment: "Production" } },
    envelope: { type: "{type}", data: "{data}" },
    signedId: "{id}",
  },
  datadog: {
    bodies: {
      query_alert_monitor: {
        id: "{number}",
        event_type: "{type}",
        alert_transition: "Triggered",
        title: "[Triggered] Payments are slow",
        date: "{ms}",
        org: { id: "1", name: "Ringdown" },
      },
    },
  },
  launchdarkly: {
    bodies: {
      "flag.turned on the flag": {
        _id: "{hex}",
        kind: "{kind}",
        titleVerb: "{action}",
        title: "Jenny turned on the flag showStock in Production",
        date: "{#ms}",
        name: "showStock",
        member: { email: "jenny@example.com" },
      },
    },
  },
  "mongodb-atlas": {
    bodies: {
      "alert.open": {
        id: "{hex}",
        groupId: "group-1",
        eventTypeName: "NO_PRIMARY",
        status: "OPEN",
        created: "{iso}",
        updated: "{iso}",
        clusterName: "shop",
      },
    },
    headers: { "x-mms-event": "{type}" },
  },
  "new-relic": {
    bodies: {
      ACTIVATED: {
        issueId: "{id}",
        state: "{type}",
        priority: "CRITICAL",
        title: "Payments are slow",
      },
      CLOSED: {
        issueId: "{id}",
        state: "{type}",
        priority: "CRITICAL",
        title: "Payments are slow",
      },
    },
  },
  pagerduty: {
    bodies: {
      "incident.triggered": { ...pagerdutyIncident, status: "triggered" },
      "incident.acknowledged": { ...pagerdutyIncident, status: "acknowledged" },
      "incident.resolved": { ...pagerdutyIncident, status: "resolved" },
    },
    envelope: {
      event: {
        id: "{id}",
        event_type: "{type}",
        resource_type: "incident",
        occurred_at: "{iso-ms}",
        agent: null,
        client: null,
        data: "{data}",
      },
    },
    headers: { "user-agent": "PagerDuty-Webhook/V3.0", "x-webhook-id": "hook-1" },
  },
  sentry: {
    bodies: {
      "issue.created": sentryIssue,
      "issue.resolved": sentryIssue,
      "error.created": {
        error: { event_id: "{hex}", title: "TypeError", level: "error", project: 1 },
      },
    },
    envelope: {
      action: "{action}",
      installation: { uuid: "installation-1" },
      data: "{data}",
      actor: { type: "application", id: "sentry", name: "Sentry" },
    },
    headers: {
      "sentry-hook-resource": "{kind}",
      "sentry-hook-timestamp": "{s}",
      "request-id": "{id}",
    },
  },
};
