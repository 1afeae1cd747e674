/**
 * Every TypeScript block of the README is one of the files here, to the letter, and every file runs.
 * So the examples are formatted, linted, type-checked and executed like everything else.
 */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { makeSampleRequest } from "../../src/samples/index.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
/** Each asserts what it shows while it runs. */
const EXAMPLES = {
  "event.ts": () => import("./event.ts"),
  "explain.ts": () => import("./explain.ts"),
  "recipe.ts": () => import("./recipe.ts"),
  "rotate.ts": () => import("./rotate.ts"),
  "sample.ts": () => import("./sample.ts"),
  "standard.ts": () => import("./standard.ts"),
};

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
  expect([...Object.keys(EXAMPLES), "receive.ts"].toSorted()).toEqual(FILES.toSorted());
});

test.each(Object.entries(EXAMPLES))("%s runs", async (_, run) => {
  vi.spyOn(console, "log").mockReturnValue();
  await expect(run()).resolves.toBeDefined();
  vi.restoreAllMocks();
});

test("receive.ts accepts what Stripe signs and refuses the rest", async () => {
  const secret = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";
  vi.stubEnv("STRIPE_WHSEC", secret);
  vi.stubEnv("PORT", "0");
  const log = vi.spyOn(console, "log").mockReturnValue();
  const warn = vi.spyOn(console, "warn").mockReturnValue();

  const { server } = await import("./receive.ts");
  if (!server.listening) await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const sample = { provider: "stripe", type: "invoice.paid", nowMs: Date.now(), id: "1" };
  const send = async (signedWith: string): Promise<number> => {
    const { method, headers, body } = makeSampleRequest({ ...sample, secret: signedWith });
    const response = await fetch(url, { method, headers, body });
    return response.status;
  };

  expect(await send(secret)).toBe(200);
  expect(log).toHaveBeenCalledWith("invoice.paid evt_1");
  expect(await send(`${secret}0`)).toBe(401);
  expect(warn).toHaveBeenCalledWith(
    expect.objectContaining({ reason: "wrong_secret_or_modified_body" }),
  );

  server.closeAllConnections();
  server.close();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
