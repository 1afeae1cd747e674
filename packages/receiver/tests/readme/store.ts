import { DatabaseSync } from "node:sqlite";
import { receiver, stripe } from "@ringdown/receiver";
import { sqliteStore } from "@ringdown/receiver/stores/sqlite";

export const database = new DatabaseSync(process.env["EVENTS_DB"] ?? "events.db");

export const webhooks = receiver({
  provider: stripe,
  secrets: process.env["STRIPE_WHSEC"],
  store: sqliteStore(database),
  onEvent: (event) => console.log(event.id),
});
