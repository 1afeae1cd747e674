/** A whole gateway on PostgreSQL: what is received is delivered, also over a restart. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { postgresUrl, type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import {
  type Destination,
  type RunningGateway,
  startDestination,
  startGateway,
} from "../support/running-gateway.ts";

let server: PostgresServer;
let destination: Destination;
let gateway: RunningGateway;

beforeAll(async () => {
  server = await startPostgres();
  destination = await startDestination();
  gateway = await startGateway(
    {
      sources: { keyed: { verify: "none", dedupe: { key: "body.id" } } },
      destinations: {
        target: { url: destination.url, allowPrivate: true, retry: { schedule: ["1s", "1s"] } },
      },
      routes: { all: { from: "keyed", to: "target" } },
    },
    { flags: { store: postgresUrl(server.port), storeSchema: "whole_gateway" } },
  );
});

afterAll(async () => {
  await gateway.dispose();
  await destination.close();
  await server.stop();
});

test("[I1] an event is received, delivered, and its duplicate recognised after a restart", async () => {
  const body = '{"id":"first"}';
  const first = await gateway.post("keyed", { body });
  expect(first.status).toBe(200);
  const [arrival] = await destination.got(1);
  expect(arrival?.body.toString()).toBe(body);
  await gateway.restart();
  const again = await gateway.post("keyed", { body });
  expect(again.headers["ringdown-duplicate"] ?? again.json.duplicate).toBeTruthy();
  expect(destination.arrivals).toHaveLength(1);
});

test("[I5] what a destination refused before a restart is delivered after it", async () => {
  destination.replyTo = () => ({ status: 503 });
  const before = destination.arrivals.length;
  await gateway.post("keyed", { body: '{"id":"second"}' });
  await destination.got(before + 1);
  await gateway.stop();
  destination.replyTo = () => ({ status: 200 });
  await gateway.restart();
  await destination.got(before + 2);
  const ledger = (await gateway.api("GET", "/ledger")) as unknown as Record<string, unknown>;
  expect(ledger).toMatchObject({ owed: 2, problems: [] });
});

test("a gateway goes on by itself when its database was away", async () => {
  const before = destination.arrivals.length;
  await server.kill();
  const refused = await gateway.post("keyed", { body: '{"id":"third"}' });
  expect(refused.status).toBe(503);
  await server.startAgain();
  await eventually(
    async () => (await gateway.post("keyed", { body: '{"id":"third"}' })).status === 200,
  );
  await destination.got(before + 1);
});

test("a second gateway on the same schema is refused", async () => {
  const rival = startGateway(
    {},
    { flags: { store: postgresUrl(server.port), storeSchema: "whole_gateway" } },
  );
  await expect(rival).rejects.toMatchObject({ code: "storage_locked" });
});
