/**
 * The stock, in SQLite. What a payment or a refund means is decided and written in one transaction.
 *
 *   (nothing) ──paid──▶ sold ──refunded──▶ refunded       stock: -n, then +n
 *   (nothing) ──paid──▶ sold_out                          stock stays; to be paid back by the shop
 *   (nothing) ──refunded──▶ refunded ──paid──▶ refunded   came in the wrong order: stock stays
 *
 * Invariants: an order moves each arrow once, however often an event comes, and whoever brings it:
 * what was decided stands in the order's row, and the row is the only thing that is asked. Stock is
 * never below zero; the table refuses it besides.
 */
import { DatabaseSync } from "node:sqlite";

export type Payment = {
  /** Stripe's payment intent: what a payment and its refund have in common. */
  readonly orderId: string;
  readonly sku: string;
  readonly quantity: number;
};

export type OrderState = "sold" | "sold_out" | "refunded";

export type Stock = {
  put(sku: string, available: number): void;
  /** What has become of the order; the same again for a payment that came before. */
  paid(payment: Payment): OrderState;
  /** Gives back what the order had taken, once. */
  refunded(orderId: string): OrderState;
  available(sku: string): number;
  /** How many orders are in each state. */
  count(state: OrderState): number;
  close(): void;
};

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS products (
    sku TEXT PRIMARY KEY,
    available INTEGER NOT NULL CHECK (available >= 0)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('sold', 'sold_out', 'refunded')),
    sku TEXT,
    quantity INTEGER
  ) STRICT;
`;

export function openStock(path: string): Stock {
  const database = new DatabaseSync(path);
  // Durable before the handler answers: Ringdown will not send the event again after a 2xx.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
  database.exec(SCHEMA);
  const findOrder = database.prepare("SELECT state, sku, quantity FROM orders WHERE id = ?");
  const addOrder = database.prepare(
    "INSERT INTO orders (id, state, sku, quantity) VALUES (?, ?, ?, ?)",
  );
  const refundOrder = database.prepare("UPDATE orders SET state = 'refunded' WHERE id = ?");
  const take = database.prepare(
    "UPDATE products SET available = available - :quantity WHERE sku = :sku AND available >= :quantity",
  );
  const giveBack = database.prepare("UPDATE products SET available = available + ? WHERE sku = ?");
  const readAvailable = database.prepare("SELECT available FROM products WHERE sku = ?");
  const countOrders = database.prepare("SELECT count(*) AS count FROM orders WHERE state = ?");
  const putProduct = database.prepare(
    "INSERT INTO products (sku, available) VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET available = excluded.available",
  );

  /** Immediate: two processes decide one after the other, not both on what they read before. */
  function atomically<T>(decide: () => T): T {
    database.exec("BEGIN IMMEDIATE");
    try {
      const decided = decide();
      database.exec("COMMIT");
      return decided;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }

  return {
    put: (sku, available) => void putProduct.run(sku, available),
    paid: ({ orderId, sku, quantity }) =>
      atomically(() => {
        const known = findOrder.get(orderId);
        if (known !== undefined) return known["state"] as OrderState;
        const state = take.run({ sku, quantity }).changes === 1 ? "sold" : "sold_out";
        addOrder.run(orderId, state, sku, quantity);
        return state;
      }),
    refunded: (orderId) =>
      atomically(() => {
        const known = findOrder.get(orderId);
        if (known === undefined) addOrder.run(orderId, "refunded", null, null);
        else refundOrder.run(orderId);
        const wasSold = known?.["state"] === "sold";
        if (wasSold) giveBack.run(known["quantity"] ?? 0, known["sku"] ?? "");
        return "refunded";
      }),
    available: (sku) => Number(readAvailable.get(sku)?.["available"] ?? 0),
    count: (state) => Number(countOrders.get(state)?.["count"] ?? 0),
    close: () => database.close(),
  };
}
