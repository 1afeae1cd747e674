/** The PostgreSQL backend keeps the storage contract. */
import { afterAll, beforeAll } from "vitest";
import { type PostgresServer, startPostgres } from "../../support/postgres-server.ts";
import { storageContract } from "./contract.ts";
import { createPostgresHarness } from "./postgres-harness.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

storageContract("postgres", (options) => createPostgresHarness(() => server, options));
