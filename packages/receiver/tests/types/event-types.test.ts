/**
 * Events with the types of the vendors' packages, and clients with the types of their packages. What
 * is asserted here is asserted by the compiler (`npm run check -- types`); the tests only run it.
 */
import type { EventPayloadMap } from "@octokit/webhooks-types";
import type { RedisClientType } from "@redis/client";
import type BetterSqlite3 from "better-sqlite3";
import type { Redis } from "ioredis";
import type { DatabaseSync } from "node:sqlite";
import type { Client, Pool, PoolClient } from "pg";
import type Stripe from "stripe";
import { expect, expectTypeOf, test } from "vitest";
import {
  type ActionEvent,
  type BodyEvent,
  github,
  type MapEvent,
  receiver,
  stripe,
  type WebhookEvent,
} from "../../src/index.ts";
import type { PostgresClient } from "../../src/stores/postgres.ts";
import type { RedisClient } from "../../src/stores/redis.ts";
import type { SqliteDatabase } from "../../src/stores/sqlite.ts";

const secrets = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";

test("Stripe.Event: the type narrows the body", () => {
  const webhooks = receiver<BodyEvent<Stripe.Event>>({
    provider: stripe,
    secrets,
    onEvent: (event) => {
      if (event.type === "invoice.paid") {
        expectTypeOf(event.body.data.object).toEqualTypeOf<Stripe.Invoice>();
      }
      // @ts-expect-error -- Stripe has no such event
      return event.type === "invoice.payed";
    },
  });
  expect(webhooks.acknowledge).toBe("after");
});

test("the parameter of onEvent says it as well", () => {
  const onEvent = (event: BodyEvent<Stripe.Event>): string => event.body.id;
  expect(receiver({ provider: stripe, secrets, onEvent }).acknowledge).toBe("after");
});

test("octokit's table: the name and the action narrow the body", () => {
  const webhooks = receiver<ActionEvent<EventPayloadMap>>({
    provider: github,
    secrets,
    onEvent: (event) => {
      switch (event.type) {
        case "pull_request.opened":
          expectTypeOf(event.body.action).toEqualTypeOf<"opened">();
          expectTypeOf(event.body.pull_request.number).toEqualTypeOf<number>();
          break;
        case "push":
          expectTypeOf(event.body.commits.length).toEqualTypeOf<number>();
          break;
        default:
      }
      // @ts-expect-error -- GitHub has no such event
      return event.type === "pull_request.shut";
    },
  });
  expect(webhooks.acknowledge).toBe("after");
});

test("a table of one's own", () => {
  type Contact = { readonly name: string };
  type Event = MapEvent<{ "contact.created": Contact; "contact.deleted": { readonly id: string } }>;
  expectTypeOf<Event["type"]>().toEqualTypeOf<"contact.created" | "contact.deleted">();
  const nameOf = (event: Event): string =>
    event.type === "contact.created" ? event.body.name : event.body.id;
  expectTypeOf(nameOf).parameter(0).toExtend<WebhookEvent>();
  expect(receiver({ provider: stripe, secrets, onEvent: nameOf }).acknowledge).toBe("after");
});

test("without types the body is unknown", () => {
  const webhooks = receiver({
    provider: stripe,
    secrets,
    onEvent: (event) => {
      expectTypeOf(event.body).toEqualTypeOf<unknown>();
      expectTypeOf(event.type).toEqualTypeOf<string | undefined>();
    },
  });
  expect(webhooks.acknowledge).toBe("after");
});

test("the stores take the clients of the packages as they are", () => {
  expectTypeOf<Pool>().toExtend<PostgresClient>();
  expectTypeOf<Client>().toExtend<PostgresClient>();
  expectTypeOf<PoolClient>().toExtend<PostgresClient>();
  expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>();
  expectTypeOf<BetterSqlite3.Database>().toExtend<SqliteDatabase>();
  expectTypeOf<Redis>().toExtend<RedisClient>();
  expectTypeOf<RedisClientType>().toExtend<RedisClient>();
  expect(true).toBe(true);
});
