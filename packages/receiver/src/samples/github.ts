/** GitHub's bodies, after docs.github.com "Webhook events and payloads". All data invented. */
import {
  isoSecondsOf,
  type JsonObject,
  numberFrom,
  type SampleCatalogue,
  type SampleSeed,
  secondsOf,
} from "./sample.ts";

const HOOK_ID = 512_004_711;
const REPOSITORY_ID = 901_234_567;
const API = "https://api.github.com";
const FULL_NAME = "octo-shop/storefront";
const REPOSITORY_URL = `https://github.com/${FULL_NAME}`;

const BEFORE = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

function account(login: string, id: number, type: "User" | "Organization"): JsonObject {
  return {
    login,
    id,
    node_id: `U_${id}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    url: `${API}/users/${login}`,
    html_url: `https://github.com/${login}`,
    type,
    site_admin: false,
  };
}

const owner = account("octo-shop", 40_000_001, "Organization");
const author = account("hubot-jane", 40_000_002, "User");

function repository(seed: SampleSeed): JsonObject {
  return {
    id: REPOSITORY_ID,
    node_id: "R_kgDONbC1xw",
    name: "storefront",
    full_name: FULL_NAME,
    private: false,
    owner,
    html_url: REPOSITORY_URL,
    description: "The shop window",
    fork: false,
    url: `${API}/repos/${FULL_NAME}`,
    created_at: "2024-03-01T09:00:00Z",
    updated_at: isoSecondsOf(seed),
    pushed_at: isoSecondsOf(seed),
    clone_url: `${REPOSITORY_URL}.git`,
    size: 2048,
    stargazers_count: 7,
    language: "TypeScript",
    forks_count: 1,
    archived: false,
    open_issues_count: 3,
    topics: [],
    visibility: "public",
    default_branch: "main",
  };
}

/** A commit's id made from the seed: 40 hexadecimal digits. */
function commitOf(seed: SampleSeed): string {
  return numberFrom(seed.id).toString(16).padStart(8, "0").repeat(5);
}

function push(seed: SampleSeed): JsonObject {
  const after = commitOf(seed);
  const person = { name: "Jane Hubot", email: "jane@example.com", username: "hubot-jane" };
  const commit = {
    id: after,
    tree_id: "f9d2a07e9488b91af2641b26b9407fe22a451433",
    distinct: true,
    message: "Show the stock next to the price",
    timestamp: isoSecondsOf(seed),
    url: `${REPOSITORY_URL}/commit/${after}`,
    author: person,
    committer: person,
    added: ["src/stock.ts"],
    removed: [],
    modified: ["src/price.ts"],
  };
  return {
    ref: "refs/heads/main",
    before: BEFORE,
    after,
    repository: { ...repository(seed), pushed_at: secondsOf(seed), master_branch: "main" },
    pusher: { name: "hubot-jane", email: "jane@example.com" },
    organization: owner,
    sender: author,
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `${REPOSITORY_URL}/compare/${BEFORE.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: [commit],
    head_commit: commit,
  };
}

function pullRequestOpened(seed: SampleSeed): JsonObject {
  const number = 1 + (numberFrom(seed.id) % 5000);
  const url = `${API}/repos/${FULL_NAME}/pulls/${number}`;
  return {
    action: "opened",
    number,
    pull_request: {
      url,
      id: numberFrom(`pull ${seed.id}`),
      html_url: `${REPOSITORY_URL}/pull/${number}`,
      diff_url: `${REPOSITORY_URL}/pull/${number}.diff`,
      number,
      state: "open",
      locked: false,
      title: "Show the stock next to the price",
      user: author,
      body: "Customers asked for it — see the issue.",
      created_at: isoSecondsOf(seed),
      updated_at: isoSecondsOf(seed),
      closed_at: null,
      merged_at: null,
      assignees: [],
      requested_reviewers: [],
      labels: [],
      draft: false,
      head: {
        label: "octo-shop:stock",
        ref: "stock",
        sha: commitOf(seed),
        user: owner,
        repo: repository(seed),
      },
      base: {
        label: "octo-shop:main",
        ref: "main",
        sha: BEFORE,
        user: owner,
        repo: repository(seed),
      },
      author_association: "MEMBER",
      merged: false,
      mergeable: null,
      comments: 0,
      review_comments: 0,
      commits: 1,
      additions: 42,
      deletions: 3,
      changed_files: 2,
    },
    repository: repository(seed),
    organization: owner,
    sender: author,
  };
}

function issueOpened(seed: SampleSeed): JsonObject {
  const number = 1 + (numberFrom(seed.id) % 5000);
  return {
    action: "opened",
    issue: {
      url: `${API}/repos/${FULL_NAME}/issues/${number}`,
      html_url: `${REPOSITORY_URL}/issues/${number}`,
      id: numberFrom(`issue ${seed.id}`),
      number,
      title: "Stock is not shown",
      user: author,
      labels: [{ id: 208_045_946, name: "bug", color: "d73a4a", default: true, description: null }],
      state: "open",
      locked: false,
      assignee: null,
      assignees: [],
      milestone: null,
      comments: 0,
      created_at: isoSecondsOf(seed),
      updated_at: isoSecondsOf(seed),
      closed_at: null,
      author_association: "MEMBER",
      body: "The page shows the price, but not how many are left.",
      state_reason: null,
    },
    repository: repository(seed),
    organization: owner,
    sender: author,
  };
}

function ping(seed: SampleSeed): JsonObject {
  return {
    zen: "Keep it logically awesome.",
    hook_id: HOOK_ID,
    hook: {
      type: "Repository",
      id: HOOK_ID,
      name: "web",
      active: true,
      events: ["push", "pull_request", "issues"],
      config: {
        content_type: "json",
        insecure_ssl: "0",
        secret: "********",
        url: "https://hooks.example.com/in/github",
      },
      updated_at: isoSecondsOf(seed),
      created_at: isoSecondsOf(seed),
      url: `${API}/repos/${FULL_NAME}/hooks/${HOOK_ID}`,
      last_response: { code: null, status: "unused", message: null },
    },
    repository: repository(seed),
    sender: author,
  };
}

export const githubSamples: SampleCatalogue = {
  github: {
    bodies: {
      push,
      "pull_request.opened": pullRequestOpened,
      "issues.opened": issueOpened,
      ping,
    },
    headers: {
      "user-agent": "GitHub-Hookshot/7c1a2f0",
      accept: "*/*",
      // The type's first part is the event, the second the action, which is in the body.
      "x-github-event": "{kind}",
      "x-github-delivery": "{id}",
      "x-github-hook-id": String(HOOK_ID),
      "x-github-hook-installation-target-id": String(REPOSITORY_ID),
      "x-github-hook-installation-target-type": "repository",
    },
  },
};
