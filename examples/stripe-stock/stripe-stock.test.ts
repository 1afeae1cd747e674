/** The example does what its README says; its stock is right whatever comes, how often and in which order. */
import fc from "fast-check";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openStock } from "./stock.ts";

const run = promisify(execFile);
const COMMAND = join(import.meta.dirname, "../../packages/cli/bin/ringdown.js");

test("one command shows every order counted once, and no more sold than there was", async () => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "run.ts")]);
  expect(stdout).toContain("done: every order counted once");
});

test("the tests in its configuration pass, without any secret", async () => {
  const { stdout } = await run(process.execPath, [COMMAND, "test", "--json"], {
    cwd: import.meta.dirname,
  });
  expect(stdout).toContain('"passedCount":2,"failedCount":0');
});

const orders = fc.constantFrom("a", "b", "c", "d", "e");
const events = fc.record({ kind: fc.constantFrom("paid", "refunded"), orderId: orders });

test("no oversell, nothing twice: any events, repeated, in any order", () => {
  fc.assert(
    fc.property(
      fc.array(events, { maxLength: 40 }),
      fc.integer({ min: 0, max: 6 }),
      (all, size) => {
        const stock = openStock(":memory:");
        stock.put("mug", size);
        const quantityOf = (orderId: string) => (orderId === "a" ? 2 : 1);
        const sold = new Set<string>();
        for (const { kind, orderId } of all) {
          const quantity = quantityOf(orderId);
          const state =
            kind === "paid"
              ? stock.paid({ orderId, sku: "mug", quantity })
              : stock.refunded(orderId);
          if (state === "sold") sold.add(orderId);
          else sold.delete(orderId);
          const taken = [...sold].reduce((sum, one) => sum + quantityOf(one), 0);
          expect(stock.available("mug")).toBe(size - taken);
        }
        expect(stock.count("sold")).toBe(sold.size);
        stock.close();
      },
    ),
  );
});

test("a product that is not there is sold out, not an exception", () => {
  const stock = openStock(":memory:");
  expect(stock.paid({ orderId: "a", sku: "nothing", quantity: 1 })).toBe("sold_out");
  expect(stock.refunded("a")).toBe("refunded");
  stock.close();
});
