/**
 * The PostgreSQL backend under the storage contract: a schema of its own in a server that the whole
 * file shares.
 *
 * A crash cuts the wire of the store that runs (tests/support/link.ts), as the end of its process
 * would. What had already left it may still be committed by the server, as in life; the next store
 * waits for the end of that session, because it holds the lock. (The end of the server itself is
 * tests/faults/postgres.test.ts.)
 */
import { createSecret } from "../../../src/config/secret.ts";
import { createPostgresStorage } from "../../../src/storage/postgres/create-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { systemClock } from "../../../src/support/clock.ts";
import { createLink, type Link } from "../../support/link.ts";
import { type PostgresServer, postgresUrl } from "../../support/postgres-server.ts";
import type { Harness, HarnessOptions } from "./harness.ts";

let schemas = 0;

export function createPostgresHarness(
  server: () => PostgresServer,
  options: HarnessOptions = {},
): Harness {
  const links: Link[] = [];
  let schema = "";
  let current: { storage: Storage; link: Link } | undefined;

  function create(port: number): Storage {
    const url = createSecret(postgresUrl(port));
    return createPostgresStorage({ clock: systemClock }, { url, schema, ...options });
  }

  async function openHere(): Promise<Storage> {
    const link = await createLink(server().port);
    links.push(link);
    current = { storage: create(link.port), link };
    await current.storage.start();
    return current.storage;
  }

  return {
    name: "postgres",
    capabilities: { exclusive: true },
    open() {
      schemas += 1;
      schema = `contract_${schemas}`;
      return openHere();
    },
    async reopen() {
      await current?.storage.stop();
      return openHere();
    },
    async crashAndReopen() {
      current?.link.cut();
      await current?.storage.stop();
      return openHere();
    },
    createRival: () => create(server().port),
    async close() {
      await current?.storage.stop();
      for (const link of links) await link.close();
    },
  };
}
