/**
 * Every TypeScript block of the README is one of the files here, to the letter, and every file runs.
 * So the examples are formatted, linted, type-checked and executed like everything else.
 */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeSampleRequest } from "../../src/samples/index.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
/** Each asserts what it shows while it runs. */
const EXAMPLES = {
  "batch.ts": () => import("./batch.ts"),
  "event.ts": () => import("./event.ts"),
  "explain.ts": () => import("./explain.ts"),
  "fetched-key.ts": () => import("./fetched-key.ts"),
  "frameworks.ts": () => import("./frameworks.ts"),
  "recipe.ts": () => import("./recipe.ts"),
  "rotate.ts": () => import("./rotate.ts"),
  "sample.ts": () => import("./sample.ts"),
  "standard.ts": () => import("./standard.ts"),
  "store.ts": () => import("./store.ts"),
  "typed.ts": () => import("./typed.ts"),
};

/** A complete server each, which is tried on its port. */
const SERVERS = {
  "express.ts": { run: () => import("./express.ts"), path: "/stripe" },
  "receive.ts": { run: () => import("./receive.ts"), path: "/" },
};

const SECRET = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";

const FILES = readdirSync(new URL(".", import.meta.url)).filter(
  (name) => !name.endsWith(".test.ts"),
);

function sourceOf(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

test("the README's TypeScript is the examples, each once", () => {
  const blocks = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(blocks).toHaveLength(FILES.length);
  expect(new Set(blocks)).toEqual(new Set(FILES.map(sourceOf)));
});

test("every file here is run", () => {
  const run = [...Object.keys(EXAMPLES), ...Object.keys(SERVERS)];
  expect(run.toSorted()).toEqual(FILES.toSorted());
});

beforeEach(() => {
  vi.stubEnv("STRIPE_WHSEC", SECRET);
  vi.stubEnv("GITHUB_SECRET", SECRET);
  vi.stubEnv("EVENTS_DB", ":memory:");
  vi.stubEnv("PORT", "0");
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test.each(Object.entries(EXAMPLES))("%s runs", async (_, run) => {
  vi.spyOn(console, "log").mockReturnValue();
  await expect(run()).resolves.toBeDefined();
});

test.each(Object.entries(SERVERS))(
  "%s accepts what Stripe signs and refuses the rest",
  async (_, { run, path }) => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const error = vi.spyOn(console, "error").mockReturnValue();

    const { server } = await run();
    if (!server.listening) await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const sample = { provider: "stripe", type: "invoice.paid", nowMs: Date.now(), id: "1" };
    const send = async (signedWith: string): Promise<number> => {
      const { method, headers, body } = makeSampleRequest({ ...sample, secret: signedWith });
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body });
      return response.status;
    };

    expect(await send(SECRET)).toBe(200);
    expect(log).toHaveBeenCalledWith("invoice.paid evt_1");
    expect(await send(`${SECRET}0`)).toBe(401);
    const said = JSON.stringify([warn.mock.calls, error.mock.calls]);
    expect(said).toContain("The signature does not match the body");

    server.closeAllConnections();
    server.close();
  },
);
