import { expect, test } from "vitest";
import { createMemoryStorage } from "../../storage/memory/create-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { type Clock, systemClock } from "../../support/clock.ts";
import { type Keys, type KeysOptions, openKeys } from "./keys.ts";

const HOUR_MS = 3_600_000;

type Opened = { readonly keys: Keys; readonly storage: Storage; at: number };

async function open(options?: KeysOptions): Promise<Opened> {
  const storage = createMemoryStorage({ clock: systemClock });
  await storage.start();
  const opened = { storage, at: Date.UTC(2026, 0, 1) };
  const keys = await openKeys({ storage, clock: clockOf(opened) }, options);
  return Object.assign(opened, { keys });
}

function clockOf(time: { readonly at: number }): Clock {
  return { ...systemClock, nowMs: () => time.at };
}

test("a key works until it expires, also after a restart", async () => {
  const opened = await open();
  const { info, plain } = await opened.keys.create({
    name: "ci",
    expiresAtMs: opened.at + HOUR_MS,
  });
  const reopened = await openKeys({ storage: opened.storage, clock: clockOf(opened) });
  for (const keys of [opened.keys, reopened]) {
    expect(keys.check(plain)).toEqual({ kind: "valid", keyId: info.id });
    expect(keys.check(`${plain}x`)).toEqual({ kind: "unknown" });
    expect(keys.list()).toHaveLength(1);
  }
  opened.at += HOUR_MS;
  expect(opened.keys.check(plain)).toEqual({ kind: "expired" });
});

test("a removed key works no more, also after a restart", async () => {
  const { keys, storage, ...time } = await open();
  const { info, plain } = await keys.create({ name: "a" });
  await keys.create({ name: "b" });
  await keys.remove(info.id);
  const reopened = await openKeys({ storage, clock: clockOf(time) });
  expect(keys.check(plain)).toEqual({ kind: "unknown" });
  expect(reopened.check(plain)).toEqual({ kind: "unknown" });
  await expect(keys.remove(info.id)).rejects.toMatchObject({ code: "not_found" });
});

test("a key is revoked even while the store cannot forget it, and the call can be repeated", async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await storage.start();
  let isFailing = false;
  const flaky: Storage = {
    ...storage,
    putDocuments: (changes) =>
      isFailing ? Promise.reject(new Error("no disk")) : storage.putDocuments(changes),
  };
  const keys = await openKeys({ storage: flaky, clock: systemClock });
  const { info, plain } = await keys.create({ name: "a" });
  await keys.create({ name: "b" });
  isFailing = true;
  await expect(keys.remove(info.id)).rejects.toThrow("no disk");
  expect(keys.check(plain)).toEqual({ kind: "unknown" });
  expect(keys.list().map(({ name }) => name)).toEqual(["b"]);
  isFailing = false;
  await keys.remove(info.id);
  expect(await storage.listDocuments("api-key")).toHaveLength(1);
});

test("the last key that lets anybody in stays", async () => {
  const opened = await open();
  const { keys } = opened;
  const first = await keys.create({ name: "first" });
  await keys.create({ name: "short", expiresAtMs: opened.at + HOUR_MS });
  opened.at += HOUR_MS;
  await expect(keys.remove(first.info.id)).rejects.toMatchObject({ code: "state_conflict" });
});

test("the first start makes one admin key, and no start after it another", async () => {
  const { keys, storage, ...time } = await open();
  const plain = await keys.ensureAdminKey();
  expect(keys.check(plain ?? "")).toMatchObject({ kind: "valid" });
  expect(await keys.ensureAdminKey()).toBeUndefined();
  const reopened = await openKeys({ storage, clock: clockOf(time) });
  expect(await reopened.ensureAdminKey()).toBeUndefined();
});

test("[I8] an operator's own key lets in, is never stored, and ends with the environment", async () => {
  const adminKey = "operator-chosen-key";
  const { keys, storage, ...time } = await open({ adminKey });
  expect(keys.check(adminKey)).toEqual({ kind: "valid" });
  expect(await keys.ensureAdminKey()).toBeUndefined();
  expect(keys.isUnguessable(adminKey)).toBe(false);
  expect(await storage.listDocuments("api-key")).toEqual([]);
  const without = await openKeys({ storage, clock: clockOf(time) });
  expect(without.check(adminKey)).toEqual({ kind: "unknown" });
});

test("an operator's own key that is too short is refused", async () => {
  await expect(open({ adminKey: "short" })).rejects.toMatchObject({ code: "config_invalid" });
  await expect(open({ adminKey: "" })).rejects.toMatchObject({ code: "config_invalid" });
});

test("[I8] the store has the hash of a key, not the key", async () => {
  const { keys, storage } = await open();
  const { plain } = await keys.create({ name: "kept" });
  expect(JSON.stringify(await storage.listDocuments("api-key"))).not.toContain(plain.slice(10));
});

test("[I10] there are at most two hundred keys", async () => {
  const { keys } = await open();
  for (let i = 0; i < 200; i++) await keys.create({ name: `key ${i}` });
  await expect(keys.create({ name: "one more" })).rejects.toMatchObject({ code: "state_conflict" });
});

test("use is noted at most every ten minutes", async () => {
  const opened = await open();
  const { keys } = opened;
  const { plain } = await keys.create({ name: "used" });
  const usedAt = (): number | undefined => keys.list()[0]?.lastUsedAtMs;
  expect(usedAt()).toBeUndefined();
  keys.check(plain);
  const first = usedAt();
  opened.at += HOUR_MS / 60;
  keys.check(plain);
  expect(usedAt()).toBe(first);
  opened.at += HOUR_MS / 6;
  keys.check(plain);
  expect(usedAt()).toBe(opened.at);
});
