/**
 * Code, builds, issues and sites. All data invented.
 *
 * In the vendors' shapes, shortened: places of type, id and time are those of the registry, which the
 * tests hold them to; the objects are not compared with the vendors' pages field by field.
 */
import type { SampleCatalogue } from "./sample.ts";

const COMMIT = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const SITE = "https://shop.example.com";

const bitbucketRepository = {
  type: "repository",
  full_name: "octo-shop/storefront",
  uuid: "{673a6070-3421-46c9-9d48-90745f7bfe8e}",
  name: "storefront",
  is_private: true,
};
const bitbucketActor = { type: "user", display_name: "Jenny Rosen", nickname: "jenny" };

const gitlabProject = {
  id: 15,
  name: "Storefront",
  web_url: "https://gitlab.example.com/octo-shop/storefront",
  path_with_namespace: "octo-shop/storefront",
  default_branch: "main",
};
const gitlabUser = { id: 1, name: "Jenny Rosen", username: "jenny", email: "jenny@example.com" };
const gitlab = {
  bodies: {
    push: {
      object_kind: "push",
      event_name: "push",
      before: "95790bf891e76fee5e1747ab589903a6a1f80f22",
      after: COMMIT,
      ref: "refs/heads/main",
      checkout_sha: COMMIT,
      user_username: "jenny",
      project_id: 15,
      project: gitlabProject,
      commits: [{ id: COMMIT, message: "Show the stock", timestamp: "{iso}", added: [] }],
      total_commits_count: 1,
    },
    merge_request: {
      object_kind: "merge_request",
      event_type: "merge_request",
      user: gitlabUser,
      project: gitlabProject,
      object_attributes: {
        id: "{#number}",
        iid: 1,
        title: "Show the stock",
        state: "opened",
        action: "open",
      },
    },
    pipeline: {
      object_kind: "pipeline",
      object_attributes: { id: "{#number}", ref: "main", sha: COMMIT, status: "success" },
      user: gitlabUser,
      project: gitlabProject,
    },
  },
  headers: {
    "user-agent": "GitLab/18.5.0",
    "x-gitlab-event": "System Hook",
    "x-gitlab-instance": "https://gitlab.example.com",
    "x-gitlab-webhook-uuid": "hook-1",
    "x-gitlab-event-uuid": "{id}",
    "idempotency-key": "{id}",
  },
};

const jiraIssue = {
  id: "{number}",
  key: "SHOP-7",
  fields: {
    summary: "Show the stock next to the price",
    issuetype: { name: "Story" },
    status: { name: "To Do" },
    project: { key: "SHOP", name: "Shop" },
  },
};

const linearIssue = {
  id: "{id}",
  number: 7,
  title: "Show the stock next to the price",
  priority: 2,
  teamId: "team-1",
  createdAt: "{iso-ms}",
  updatedAt: "{iso-ms}",
};

const netlifyDeploy = {
  id: "{hex}",
  site_id: "site-1",
  build_id: "build-1",
  state: "{type}",
  name: "ringdown-shop",
  url: SITE,
  ssl_url: SITE,
  branch: "main",
  commit_ref: COMMIT,
  context: "production",
  created_at: "{iso-ms}",
};

const vercelDeployment = {
  team: { id: "team_1" },
  user: { id: "user_1" },
  deployment: { id: "dpl_{number}", name: "storefront", url: "storefront.vercel.app", meta: {} },
  project: { id: "prj_1" },
  target: "production",
};

export const developmentSamples: SampleCatalogue = {
  bitbucket: {
    bodies: {
      "repo:push": {
        actor: bitbucketActor,
        repository: bitbucketRepository,
        push: {
          changes: [{ new: { type: "branch", name: "main" }, created: false, forced: false }],
        },
      },
      "pullrequest:created": {
        actor: bitbucketActor,
        repository: bitbucketRepository,
        pullrequest: { id: 1, title: "Show the stock", state: "OPEN", created_on: "{iso-ms}" },
      },
    },
    headers: {
      "user-agent": "Bitbucket-Webhooks/2.0",
      "x-event-key": "{type}",
      "x-hook-uuid": "hook-1",
      "x-request-uuid": "{id}",
      "x-attempt-number": "1",
      "x-event-time": "{iso}",
    },
  },
  buildkite: {
    bodies: {
      "build.finished": { id: "{id}", number: 7, state: "passed", branch: "main", commit: COMMIT },
    },
    envelope: {
      event: "{type}",
      build: "{data}",
      pipeline: { slug: "storefront" },
      sender: { name: "Jenny" },
    },
    headers: { "x-buildkite-event": "{type}", "x-buildkite-request": "{id}" },
  },
  circleci: {
    bodies: { "workflow-completed": { id: "w1", name: "build", status: "success" } },
    envelope: {
      type: "{type}",
      id: "{id}",
      happened_at: "{iso-ms}",
      webhook: { id: "hook-1", name: "Ringdown" },
      workflow: "{data}",
      project: { slug: "github/octo-shop/storefront" },
    },
    headers: { "circleci-event-type": "{type}" },
  },
  doppler: {
    bodies: { "config.secrets.update": { name: "prd", environment: "prd" } },
    envelope: {
      type: "{type}",
      config: "{data}",
      project: { name: "storefront" },
      workplace: { id: "{id}" },
    },
  },
  gitlab,
  "gitlab-signed": { ...gitlab, signedId: "{id}" },
  heroku: {
    bodies: {
      "release.create": {
        id: "{id}",
        version: 7,
        status: "succeeded",
        app: { name: "storefront" },
      },
    },
    envelope: {
      id: "{id}",
      action: "{action}",
      resource: "{kind}",
      data: "{data}",
      created_at: "{iso}",
      webhook_metadata: {
        attempt: { id: "attempt-1" },
        event: { id: "{id}", include: "api:release" },
      },
    },
  },
  "hugging-face": {
    bodies: {
      "repo.content.update": {
        type: "model",
        name: "octo-shop/prices",
        id: "{hex}",
        private: false,
      },
    },
    envelope: {
      event: { action: "{action}", scope: "{kind}" },
      repo: "{data}",
      webhook: { id: "hook-1", version: 3 },
    },
  },
  jira: {
    bodies: {
      "jira:issue_created": { issue_event_type_name: "issue_created", issue: jiraIssue },
      "jira:issue_updated": {
        issue_event_type_name: "issue_generic",
        issue: jiraIssue,
        changelog: { items: [{ field: "status", fromString: "To Do", toString: "Done" }] },
      },
      comment_created: { comment: { id: "{number}", body: "On my desk." }, issue: jiraIssue },
    },
    envelope: {
      timestamp: "{#ms}",
      webhookEvent: "{type}",
      user: { accountId: "1", displayName: "Jenny Rosen" },
      "...": "{data}",
    },
    headers: {
      "user-agent": "Atlassian Webhook HTTP Client",
      "x-atlassian-webhook-identifier": "{id}",
      "x-atlassian-webhook-flow": "Primary",
    },
  },
  linear: {
    bodies: {
      "Issue.create": linearIssue,
      "Issue.update": { ...linearIssue, completedAt: "{iso-ms}" },
      "Comment.create": { id: "{id}", body: "On my desk.", issueId: "issue-1", userId: "user-1" },
    },
    envelope: {
      action: "{action}",
      type: "{kind}",
      createdAt: "{iso-ms}",
      data: "{data}",
      url: "https://linear.app/ringdown/issue/SHOP-7",
      organizationId: "org-1",
      webhookTimestamp: "{#ms}",
      webhookId: "hook-1",
    },
    headers: {
      "user-agent": "Linear-Webhook",
      "linear-event": "{kind}",
      "linear-delivery": "{id}",
      "linear-timestamp": "{ms}",
    },
  },
  netlify: {
    bodies: {
      building: netlifyDeploy,
      ready: netlifyDeploy,
      error: { ...netlifyDeploy, error_message: "Build failed" },
    },
    headers: { "x-netlify-event": "deploy_{type}" },
  },
  npm: {
    bodies: {
      "package:publish": {
        event: "{type}",
        name: "@octo-shop/prices",
        type: "package",
        version: "1.0.0",
        hookOwner: { username: "jenny" },
        change: { version: "1.0.0" },
        time: "{#ms}",
      },
    },
  },
  vercel: {
    bodies: {
      "deployment.created": vercelDeployment,
      "deployment.succeeded": vercelDeployment,
      "deployment.error": vercelDeployment,
    },
    envelope: { id: "{id}", type: "{type}", createdAt: "{#ms}", region: "fra1", payload: "{data}" },
  },
  webflow: {
    bodies: {
      form_submission: { name: "Contact", siteId: "site-1", data: { email: "jenny@example.com" } },
    },
    envelope: { triggerType: "{type}", payload: "{data}" },
  },
};
