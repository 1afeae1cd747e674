import fc from "fast-check";
import { expect, test } from "vitest";
import { createRing } from "./ring.ts";

test("a ring does what an array does, whatever is done to it", () => {
  const steps = fc.array(
    fc.constantFrom(
      ...(["push", "push", "push", "unshift", "shift", "shift", "pop", "clear"] as const),
    ),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      const ring = createRing<number>();
      const model: number[] = [];
      sequence.forEach((step, item) => {
        if (step === "shift") expect(ring.shift()).toBe(model.shift());
        else if (step === "pop") expect(ring.pop()).toBe(model.pop());
        else if (step === "clear") {
          ring.clear();
          model.length = 0;
        } else {
          ring[step](item);
          model[step](item);
        }
        expect(ring.length).toBe(model.length);
        expect(ring.peek()).toBe(model[0]);
      });
      expect([...ring]).toEqual(model);
    }),
  );
});
