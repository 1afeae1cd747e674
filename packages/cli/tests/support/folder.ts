/** A folder of its own for every test file, removed at its end. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export type Folder = {
  readonly path: string;
  /** Returns the file's path. */
  write(name: string, content: string | Uint8Array): string;
};

export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "ringdown-cli-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
  };
}
