import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { documentWith, openWorld, startedWorld } from "../../tests/support/registry-world.ts";
import type { ApplyOptions } from "../model/registry.ts";

const URL_A = "https://a.example/hook";
const SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const FILE: ApplyOptions = { owner: "file:ringdown.yaml", prune: "yes" };

/** The code and the text of what a promise is rejected with. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return `${code}: ${message}`;
  }
  return "no error";
}

describe("resources by themselves", () => {
  test("are created, found, replaced and removed", async () => {
    const { registry } = await startedWorld();
    const created = await registry.create("destinations", "a", { url: URL_A });
    expect(created).toMatchObject({
      kind: "destinations",
      no: 1,
      name: "a",
      owner: "api",
      version: 1,
      spec: { url: URL_A },
    });
    expect(created.id).toMatch(/^dst_[0-9A-Z]{26}$/);
    expect(registry.find("destinations", "a")).toEqual(created);
    expect(registry.find("destinations", created.id)).toEqual(created);
    expect(registry.findByNo("destinations", 1)).toEqual(created);
    expect(registry.find("sources", "a")).toBeUndefined();

    const replaced = await registry.replace("destinations", created.id, {
      url: URL_A,
      timeout: "5s",
    });
    expect(replaced).toMatchObject({ id: created.id, no: 1, version: 2, spec: { timeout: "5s" } });
    expect(registry.active().destinationsByNo.get(1)?.limits.totalMs).toBe(5000);

    await registry.remove("destinations", "a");
    expect(registry.list("destinations")).toEqual([]);
    expect(registry.active()).toMatchObject({ version: 3 });
    expect(registry.active().destinationsByNo.size).toBe(0);
  });

  test("numbers are never used again, also after a restart", async () => {
    const { registry, disk, storage } = await startedWorld();
    await registry.create("destinations", "a", { url: URL_A });
    await registry.remove("destinations", "a");
    expect(await registry.create("destinations", "a", { url: URL_A })).toMatchObject({ no: 2 });
    await registry.remove("destinations", "a");
    await storage.stop();
    const { registry: again } = await startedWorld({ disk });
    expect(await again.create("destinations", "a", { url: URL_A })).toMatchObject({ no: 3 });
  });

  test("replacing with what is there changes nothing", async () => {
    const { registry } = await startedWorld();
    await registry.create("destinations", "a", { url: URL_A });
    const same = await registry.replace("destinations", "a", { url: URL_A, enabled: true });
    expect(same).toMatchObject({ version: 1, spec: { url: URL_A } });
    expect(registry.active().version).toBe(1);
  });

  test("what is wrong is refused whole, with paths that start at the resource", async () => {
    const { registry } = await startedWorld();
    await registry.create("sources", "s", {});
    const before = registry.active();
    const failures = await Promise.all([
      failureOf(registry.create("sources", "s", {})),
      failureOf(registry.create("sources", "Bad Name", {})),
      failureOf(registry.create("routes", "r", { from: "s", to: "nowhere", when: "a ==" })),
      failureOf(registry.create("sources", "x", { verfy: {} })),
      failureOf(registry.create("sources", "x", null)),
      failureOf(registry.replace("sources", "gone", {})),
      failureOf(registry.remove("sources", "gone")),
      failureOf(registry.create("sources", "x", { verify: { secret: "${env:NONE}" } })),
    ]);
    expect(failures).toEqual([
      'name_taken: There is already a source "s".',
      expect.stringMatching(/^config_invalid: name: not a name/),
      'config_invalid: to: unknown destination "nowhere"\nwhen: unexpected token: EOF',
      'config_invalid: verfy: unknown key "verfy". Did you mean "verify"?',
      "config_invalid: expected an object, got nothing",
      'not_found: There is no source "gone".',
      'not_found: There is no source "gone".',
      "secret_unresolved: verify.secret: the environment variable NONE is not set",
    ]);
    expect(registry.active()).toBe(before);
    expect(registry.list("sources")).toHaveLength(1);
  });

  test("what routes use cannot be removed", async () => {
    const { registry } = await startedWorld();
    await registry.create("sources", "s", {});
    await registry.create("destinations", "d", { url: URL_A });
    await registry.create("routes", "r", { from: ["s"], to: "d" });
    expect(await failureOf(registry.remove("destinations", "d"))).toBe(
      "resource_in_use: destinations/d is used by routes/r.",
    );
    expect(await failureOf(registry.remove("sources", "s"))).toBe(
      "resource_in_use: sources/s is used by routes/r.",
    );
    await registry.remove("routes", "r");
    await registry.remove("destinations", "d");
    expect(registry.list("destinations")).toEqual([]);
  });

  test("a route to a URL brings its destination along", async () => {
    const { registry } = await startedWorld();
    await registry.create("sources", "s", {});
    const route = await registry.create("routes", "direct", { from: "s", to: URL_A });
    expect(route.spec).toEqual({ from: "s", to: "direct" });
    expect(registry.find("destinations", "direct")?.spec).toEqual({ url: URL_A });
    expect(await failureOf(registry.replace("routes", "direct", { from: "s", to: URL_A }))).toMatch(
      /^name_taken/,
    );
    expect(registry.active().version).toBe(2);
  });

  test("changes made at once are made one after the other", async () => {
    const { registry } = await startedWorld();
    const names = Array.from({ length: 20 }, (_, index) => `d${index}`);
    await Promise.all(names.map((name) => registry.create("destinations", name, { url: URL_A })));
    expect(registry.active().version).toBe(20);
    const numbers = registry.list("destinations").map(({ no }) => no);
    expect(numbers).toEqual(names.map((_, index) => index + 1));
  });

  test("listeners are told once a change is durable, and of nothing else", async () => {
    const { registry, storage } = await startedWorld();
    const told: number[] = [];
    registry.onChange((active) => told.push(active.version));
    await registry.create("destinations", "a", { url: URL_A });
    await failureOf(registry.create("destinations", "a", { url: URL_A }));
    expect(told).toEqual([1]);
    await storage.stop();
    expect(await failureOf(registry.create("destinations", "b", { url: URL_A }))).toMatch(
      /^storage_/,
    );
    expect(told).toEqual([1]);
    expect(registry.active().version).toBe(1);
    expect(registry.find("destinations", "b")).toBeUndefined();
  });
});

describe("[I8] secrets sent over the API", () => {
  const spec = {
    url: URL_A,
    sign: { secret: SECRET },
    headers: { authorization: "Bearer abcdefghijklmnop" },
  };

  test("are shown masked, and a mask that is sent back keeps them", async () => {
    const { registry } = await startedWorld();
    const created = await registry.create("destinations", "a", spec);
    expect(created.spec).toMatchObject({
      sign: { secret: "••••CQk=" },
      headers: { authorization: "••••mnop" },
    });
    const signature = () =>
      registry
        .active()
        .destinationsByNo.get(1)
        ?.sign?.({ id: "e", timestampS: 1, body: Buffer.from("x") });
    const before = signature();
    const replaced = await registry.replace("destinations", "a", {
      ...created.spec,
      timeout: "9s",
    });
    expect(replaced).toMatchObject({
      version: 2,
      spec: { timeout: "9s", sign: { secret: "••••CQk=" } },
    });
    expect(signature()).toBe(before);
    expect(registry.active().destinationsByNo.get(1)?.headers).toEqual([
      "authorization",
      "Bearer abcdefghijklmnop",
    ]);
    const wrong = { ...spec, sign: { secret: "••••none" } };
    expect(await failureOf(registry.replace("destinations", "a", wrong))).toMatch(
      /sign.secret: is a masked secret/,
    );
  });

  test("are nowhere in the store, in exports, plans or errors, and survive a restart", async () => {
    const { registry, storage, disk } = await startedWorld();
    await registry.create("destinations", "a", spec);
    await registry.replace("destinations", "a", {
      ...spec,
      sign: { secret: SECRET.replace("CQkJ", "AAAA") },
    });
    const kinds = ["resource", "config-version", "registry"];
    const stored = JSON.stringify(
      await Promise.all(kinds.map((kind) => storage.listDocuments(kind))),
    );
    const plan = await registry.plan(
      documentWith({ destinations: { a: { url: URL_A, sign: { secret: SECRET } } } }),
      {
        owner: "api",
        prune: "no",
      },
    );
    expect(plan.changes[0]?.fields).toContainEqual({
      path: "sign.secret",
      before: "•••",
      after: "••• changed",
    });
    for (const text of [
      stored,
      JSON.stringify(plan),
      JSON.stringify(registry.export()),
      JSON.stringify(registry.list("destinations")),
    ]) {
      expect(text).not.toContain("CQkJCQkJ");
      expect(text).not.toContain("abcdefghijklmnop");
    }
    await storage.stop();
    const { registry: again } = await startedWorld({ disk });
    expect(again.active().destinationsByNo.get(1)?.headers).toEqual([
      "authorization",
      "Bearer abcdefghijklmnop",
    ]);
  });

  test("do not open with another key: the registry does not start", async () => {
    const { registry, storage, disk } = await startedWorld();
    await registry.create("destinations", "a", spec);
    await storage.stop();
    const secretKey = createHash("sha256").update("another").digest();
    const { registry: again } = await openWorld({ disk, secretKey });
    expect(await failureOf(again.start())).toMatch(
      /^secret_key_invalid: Stored secrets were encrypted with another key/,
    );
  });
});

describe("documents", () => {
  const document = documentWith({
    sources: { s: {} },
    destinations: { d: { url: URL_A } },
    routes: { r: { from: "s", to: "d" } },
  });

  test("are planned without touching anything, then applied as planned", async () => {
    const { registry } = await startedWorld();
    const { active, ...plan } = await registry.plan(document, FILE);
    expect([...active.sourcesByName.keys()]).toEqual(["s"]);
    expect(plan).toEqual({
      baseVersion: 0,
      changes: [
        { kind: "sources", name: "s", action: "add", fields: [] },
        { kind: "destinations", name: "d", action: "add", fields: [] },
        { kind: "routes", name: "r", action: "add", fields: [] },
      ],
    });
    expect(registry.active().version).toBe(0);
    expect(await registry.apply(document, FILE)).toEqual({ ...plan, version: 1 });
    expect(registry.list("routes")[0]).toMatchObject({ owner: "file:ringdown.yaml", version: 1 });
    const again = await registry.apply(document, FILE);
    expect(again).toMatchObject({ version: 1, baseVersion: 1 });
    expect(again.changes.map(({ action }) => action)).toEqual(["keep", "keep", "keep"]);
  });

  test("changes are told field by field, defaults written out are none", async () => {
    const { registry } = await startedWorld();
    await registry.apply(document, FILE);
    const changed = documentWith({
      sources: { s: { enabled: true } },
      destinations: { d: { url: URL_A, timeout: "5s", retry: { schedule: ["1s", "2s"] } } },
      routes: { r: { from: "s", to: "d", when: "body.a == 1" } },
    });
    const { changes } = await registry.plan(changed, FILE);
    expect(changes.map(({ name, action }) => `${action} ${name}`)).toEqual([
      "keep s",
      "change d",
      "change r",
    ]);
    expect(changes[1]?.fields).toEqual([
      { path: "retry.schedule", before: "standard", after: undefined },
      { path: "retry.schedule[0]", before: undefined, after: "1s" },
      { path: "retry.schedule[1]", before: undefined, after: "2s" },
      { path: "timeout", before: undefined, after: "5s" },
    ]);
    expect(changes[2]?.fields).toEqual([{ path: "when", before: undefined, after: "body.a == 1" }]);
  });

  test("are all or nothing", async () => {
    const { registry } = await startedWorld();
    const broken = documentWith({
      sources: { s: {}, t: { verfy: 1 } },
      destinations: { d: { url: "ftp://x" } },
      routes: { r: { from: "s", to: "d" }, q: { from: "t", to: "nowhere" } },
    });
    expect(await failureOf(registry.apply(broken, FILE))).toBe(
      [
        'config_invalid: sources.t.verfy: unknown key "verfy". Did you mean "verify"?',
        "destinations.d.url: a URL starts with http:// or https://",
        'routes.q.to: unknown destination "nowhere"',
      ].join("\n"),
    );
    expect(registry.active().version).toBe(0);
    expect(registry.list("sources")).toEqual([]);
  });

  test("are refused if the configuration has moved on", async () => {
    const { registry } = await startedWorld();
    await registry.apply(document, { ...FILE, ifVersion: 0 });
    expect(await failureOf(registry.apply(document, { ...FILE, ifVersion: 0 }))).toBe(
      "config_conflict: The configuration is at version 1, not 0.",
    );
  });

  test("remove what their owner no longer wants, if asked to, and nobody else's", async () => {
    const { registry } = await startedWorld();
    await registry.create("destinations", "mine", { url: URL_A });
    await registry.apply(document, FILE);
    const less = documentWith({ sources: { s: {} } });
    const kept = await registry.plan(less, { ...FILE, prune: "no" });
    expect(kept.changes.map(({ action }) => action)).toEqual(["keep"]);
    const pruned = await registry.apply(less, FILE);
    expect(pruned.changes.map(({ name, action }) => `${action} ${name}`)).toEqual([
      "keep s",
      "remove d",
      "remove r",
    ]);
    expect(registry.list("destinations").map(({ name }) => name)).toEqual(["mine"]);
  });

  test("leave alone and report what belongs to somebody else", async () => {
    const { registry } = await startedWorld();
    await registry.create("destinations", "d", { url: "https://mine.example" });
    const { changes } = await registry.apply(document, FILE);
    expect(changes[1]).toEqual({
      kind: "destinations",
      name: "d",
      action: "foreign",
      fields: [],
      owner: "api",
    });
    expect(registry.find("destinations", "d")?.spec).toEqual({ url: "https://mine.example" });
    expect(await failureOf(registry.replace("sources", "s", { enabled: false }))).toBe(
      'not_owner: The source "s" belongs to file:ringdown.yaml.',
    );
    expect(await failureOf(registry.remove("routes", "r"))).toMatch(/^not_owner/);
    expect(await failureOf(registry.remove("destinations", "d"))).toMatch(/^resource_in_use/);
  });

  test("cannot take away what routes of others need", async () => {
    const { registry } = await startedWorld();
    await registry.apply(document, FILE);
    await registry.create("routes", "mine", { from: "s", to: "d" });
    const less = documentWith({ sources: { s: {} } });
    expect(await failureOf(registry.apply(less, FILE))).toBe(
      "resource_in_use: destinations/d is used by routes/mine.",
    );
    expect(registry.list("routes")).toHaveLength(2);
  });

  test("[I8] of files hold no literal secrets", async () => {
    const { registry } = await startedWorld();
    const literal = documentWith({
      sources: { s: { provider: "stripe", verify: { secret: "whsec_literal" } } },
    });
    expect(await failureOf(registry.apply(literal, FILE))).toMatch(
      /sources.s.verify.secret: secrets are given by reference only/,
    );
    expect((await registry.apply(literal, { owner: "api", prune: "no" })).version).toBe(1);
  });

  test("what is exported can be applied again, and elsewhere if secrets are references", async () => {
    const { registry } = await startedWorld({ environment: { KEY: "whsec_long_enough" } });
    const withSecrets = documentWith({
      sources: { s: { provider: "stripe", verify: { secret: "${env:KEY}" } } },
      destinations: { d: { url: URL_A, sign: { secret: SECRET } } },
      routes: { r: { from: "s", to: "d" } },
    });
    const api: ApplyOptions = { owner: "api", prune: "yes" };
    await registry.apply(withSecrets, api);
    const exported = registry.export();
    expect(exported).toMatchObject({
      version: 1,
      destinations: { d: { sign: { secret: "••••CQk=" } } },
    });
    expect((await registry.apply(exported, api)).changes.map(({ action }) => action)).toEqual([
      "keep",
      "keep",
      "keep",
    ]);
    const { registry: other } = await startedWorld({ environment: { KEY: "whsec_long_enough" } });
    expect(await failureOf(other.apply(exported, api))).toMatch(
      /destinations.d.sign.secret: is a masked secret/,
    );
  });
});

describe("versions", () => {
  test("earlier configurations can be asked, also after a restart", async () => {
    const { registry, storage, disk } = await startedWorld({
      environment: { KEY: "whsec_long_enough" },
    });
    await registry.create("sources", "s", { provider: "stripe", verify: { secret: "${env:KEY}" } });
    await registry.create("destinations", "d", { url: URL_A });
    await registry.create("routes", "r", { from: "s", to: "d", when: "body.a == 1" });
    await registry.replace("routes", "r", { from: "s", to: "d", when: "body.a == 2" });
    await registry.remove("routes", "r");
    await storage.stop();

    const { registry: again } = await startedWorld({
      disk,
      environment: { KEY: "whsec_long_enough" },
    });
    const conditionsAt = async (version: number) =>
      [...((await again.activeAt(version))?.routesByNo.values() ?? [])].map(({ when }) => when);
    expect(await conditionsAt(3)).toEqual(["body.a == 1"]);
    expect(await conditionsAt(4)).toEqual(["body.a == 2"]);
    expect(await conditionsAt(5)).toEqual([]);
    expect(await again.activeAt(5)).toBe(again.active());
    expect((await again.activeAt(0))?.sourcesByName.size).toBe(0);
    expect(await again.activeAt(6)).toBeUndefined();
    expect(await again.activeAt(-1)).toBeUndefined();
    expect((await again.activeAt(3))?.sourcesByName.get("s")?.routes[0]?.id).toBe(
      (await again.activeAt(4))?.routesByNo.get(1)?.id,
    );
    expect(await again.activeAt(3)).toBe(await again.activeAt(3));
  });

  test("the history tells when, who and what, newest first", async () => {
    const { registry } = await startedWorld();
    await registry.create("destinations", "d", { url: URL_A });
    await registry.apply(documentWith({ sources: { s: {} } }), FILE);
    const told = await registry.history();
    expect(told.map(({ version, owner, summary }) => [version, owner, summary])).toEqual([
      [2, "file:ringdown.yaml", "added sources/s"],
      [1, "api", "added destinations/d"],
    ]);
    expect(told.every(({ atMs }) => atMs > 0)).toBe(true);
  });

  test("[I10] only so many are kept: the store does not grow with the number of changes", async () => {
    const { registry, storage } = await startedWorld({ options: { historyVersions: 5 } });
    await registry.create("destinations", "d", { url: URL_A });
    for (let seconds = 1; seconds <= 20; seconds++) {
      await registry.replace("destinations", "d", { url: URL_A, timeout: `${seconds}s` });
    }
    expect(await storage.listDocuments("resource")).toHaveLength(6);
    expect(await storage.listDocuments("config-version")).toHaveLength(5);
    const timeoutAt = async (version: number) =>
      (await registry.activeAt(version))?.destinationsByNo.get(1)?.limits.totalMs;
    expect(await timeoutAt(21)).toBe(20_000);
    expect(await timeoutAt(17)).toBe(16_000);
    expect(await timeoutAt(10)).toBeUndefined();
  });
});

describe("starting", () => {
  test("with a file applies it, whatever an earlier version of it referred to", async () => {
    const before = documentWith({
      sources: { s: { provider: "stripe", verify: { secret: "${env:OLD}" } } },
    });
    const after = documentWith({
      sources: { s: { provider: "stripe", verify: { secret: "${env:NEW}" } } },
    });
    const { registry, storage, disk } = await openWorld({
      environment: { OLD: "whsec_long_enough" },
    });
    await registry.start({ document: before, options: FILE });
    expect(registry.active()).toMatchObject({ version: 1 });
    await storage.stop();

    const { registry: again } = await openWorld({
      disk,
      environment: { NEW: "whsec_long_enough" },
    });
    await again.start({ document: after, options: FILE });
    expect(again.active()).toMatchObject({ version: 2 });
    expect(again.active().sourcesByName.size).toBe(1);
  });

  test("with an unchanged file makes no new version", async () => {
    const document = documentWith({ sources: { s: {} } });
    const { registry, storage, disk } = await openWorld();
    await registry.start({ document, options: FILE });
    await storage.stop();
    const { registry: again } = await openWorld({ disk });
    await again.start({ document, options: FILE });
    expect(again.active()).toMatchObject({ version: 1 });
    expect(again.active().sourcesByName.size).toBe(1);
  });

  test("applying the same again looks references up again: a rotated secret takes effect", async () => {
    const environment: Record<string, string> = { KEY: "first-long-secret" };
    const { registry } = await startedWorld({ environment });
    const headers = { authorization: "Bearer ${env:KEY}" };
    const document = documentWith({ destinations: { d: { url: URL_A, headers } } });
    await registry.apply(document, FILE);
    const sent = () => registry.active().destinationsByNo.get(1)?.headers[1];
    environment["KEY"] = "second-long-secret";
    await registry.create("sources", "s", {});
    expect(sent()).toBe("Bearer first-long-secret");
    await registry.apply(document, FILE);
    expect(sent()).toBe("Bearer second-long-secret");
    expect(registry.active().version).toBe(2);
  });

  test("[I4] fails when a secret cannot be found, rather than accept anybody", async () => {
    const { registry, storage, disk } = await startedWorld({
      environment: { KEY: "whsec_long_enough" },
    });
    await registry.create("sources", "s", { provider: "stripe", verify: { secret: "${env:KEY}" } });
    await storage.stop();
    const { registry: again } = await openWorld({ disk });
    expect(await failureOf(again.start())).toBe(
      "secret_unresolved: sources.s.verify.secret: the environment variable KEY is not set",
    );
  });

  test("twice is once", async () => {
    const { registry } = await openWorld();
    await Promise.all([registry.start(), registry.start()]);
    expect(registry.active().version).toBe(0);
  });

  test("an empty configuration gets a source that takes anything, which belongs to whoever changes it first", async () => {
    const { registry } = await startedWorld();
    await registry.ensureDefaults();
    await registry.ensureDefaults();
    expect(registry.list("sources")).toMatchObject([
      { name: "inbox", owner: "default", spec: { verify: "none", dedupe: false } },
    ]);
    expect(
      await registry.replace("sources", "inbox", { verify: "none", dedupe: false }),
    ).toMatchObject({ owner: "api" });

    const { registry: other } = await startedWorld();
    await other.ensureDefaults();
    await other.apply(documentWith({ sources: { inbox: { respond: 202 } } }), FILE);
    expect(other.find("sources", "inbox")).toMatchObject({
      owner: FILE.owner,
      no: 1,
      spec: { respond: 202 },
    });
  });

  test("a configuration with anything in it gets none", async () => {
    const { registry } = await startedWorld();
    await registry.create("destinations", "d", { url: URL_A });
    await registry.ensureDefaults();
    expect(registry.list("sources")).toEqual([]);
  });
});
