/** A registry over a store in memory, with the real judges of URLs and headers, for tests. */
import { createHash, randomBytes } from "node:crypto";
import { createResolver } from "../../src/config/references.ts";
import type { ConfigDocument, ResourceKind } from "../../src/model/registry.ts";
import { headerProblem, parseTargetUrl } from "../../src/outbound/index.ts";
import type { CompileDeps } from "../../src/registry/compile-deps.ts";
import {
  createRegistry,
  type ManagedRegistry,
  type RegistryDeps,
  type RegistryOptions,
} from "../../src/registry/create-registry.ts";
import { createSecretBox } from "../../src/registry/secrets.ts";
import { createMemoryStorage } from "../../src/storage/memory/create-storage.ts";
import { createMemoryDisk, type MemoryDisk } from "../../src/storage/memory/disk.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { systemClock } from "../../src/support/clock.ts";

export const SECRET_KEY: Uint8Array = createHash("sha256").update("tests").digest();

export type RegistryWorld = {
  readonly registry: ManagedRegistry;
  readonly storage: Storage;
  readonly disk: MemoryDisk;
};

export type WorldParts = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly disk?: MemoryDisk;
  readonly secretKey?: Uint8Array;
  readonly options?: Partial<RegistryOptions>;
};

export function compileDepsWith(environment: Readonly<Record<string, string>> = {}): CompileDeps {
  const readFile = (): never => {
    throw Object.assign(new Error("there are no files"), { code: "ENOENT" });
  };
  return {
    resolve: createResolver({ environment, readFile }),
    parseTargetUrl,
    headerProblem,
    purpose: "live",
    bodyLimitBytes: 5_000_000,
  };
}

/** A registry that has not been started; the store has. Pass a disk to open it again. */
export async function openWorld(parts: WorldParts = {}): Promise<RegistryWorld> {
  const disk = parts.disk ?? createMemoryDisk();
  const storage = createMemoryStorage({ clock: systemClock }, { disk });
  await storage.start();
  const deps: RegistryDeps = {
    ...compileDepsWith(parts.environment),
    storage,
    clock: systemClock,
    randomBytes,
    secretBox: createSecretBox(parts.secretKey ?? SECRET_KEY, { randomBytes }),
  };
  const registry = createRegistry(deps, { bodyLimitBytes: 5_000_000, ...parts.options });
  return { registry, storage, disk };
}

export async function startedWorld(parts: WorldParts = {}): Promise<RegistryWorld> {
  const world = await openWorld(parts);
  await world.registry.start();
  return world;
}

/** A document from what is interesting about it. */
export function documentWith(
  parts: Partial<Record<ResourceKind | "tests", unknown>>,
): ConfigDocument {
  return { sources: {}, destinations: {}, routes: {}, ...parts } as ConfigDocument;
}
