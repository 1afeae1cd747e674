import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { KEY_FILE_NAME, loadSecretKey } from "./secret-key.ts";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const platform = process.platform;

describe("the key that encrypts stored secrets", () => {
  test("[I8] is made at the first start, readable by its owner only, and stays", () => {
    const dataDir = join(emptyFolder(), "data");
    const first = loadSecretKey({ dataDir, randomBytes, platform });
    expect(first).toHaveLength(32);
    expect(readdirSync(dataDir)).toEqual([KEY_FILE_NAME]);
    expect(statSync(join(dataDir, KEY_FILE_NAME)).mode & 0o777).toBe(0o600);
    expect(loadSecretKey({ dataDir, randomBytes, platform })).toEqual(first);
  });

  test("of the environment wins, and no file is made", () => {
    const dataDir = emptyFolder();
    const configured = randomBytes(32);
    const key = loadSecretKey({
      configured: `${configured.toString("base64")}\n`,
      dataDir,
      randomBytes,
      platform,
    });
    expect(key).toEqual(configured);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test("without a folder it lasts as long as the process", () => {
    expect(loadSecretKey({ randomBytes, platform })).toHaveLength(32);
  });

  test.each([
    "",
    "abc",
    "not base64!",
    Buffer.alloc(16).toString("base64"),
    `${Buffer.alloc(32).toString("base64")}x`,
  ])("%j is none", (configured) => {
    expect(() => loadSecretKey({ configured, randomBytes, platform })).toThrow(
      /RINGDOWN_SECRET_KEY is not base64/,
    );
  });

  test("[I8] a file that others can read is refused, with what to do; not where there are no modes", () => {
    const dataDir = emptyFolder();
    const path = join(dataDir, KEY_FILE_NAME);
    writeFileSync(path, randomBytes(32).toString("base64"));
    chmodSync(path, 0o644);
    expect(() => loadSecretKey({ dataDir, randomBytes, platform: "linux" })).toThrow(/chmod 600/);
    expect(loadSecretKey({ dataDir, randomBytes, platform: "win32" })).toHaveLength(32);
  });

  test("a damaged file is not replaced: what it encrypted would be lost", () => {
    const dataDir = emptyFolder();
    const path = join(dataDir, KEY_FILE_NAME);
    writeFileSync(path, "short", { mode: 0o600 });
    expect(() => loadSecretKey({ dataDir, randomBytes, platform })).toThrow(
      /is not base64 of 32 bytes/,
    );
    expect(readFileSync(path, "utf8")).toBe("short");
  });
});
