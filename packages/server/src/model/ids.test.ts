import { AssertionError } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DeliveryAddress,
  formatDeliveryId,
  formatRandomId,
  formatRecordId,
  LIMITS,
  parseDeliveryId,
  parseRecordId,
  type RecordAddress,
} from "./ids.ts";

const NOON_MS = Date.UTC(2026, 10, 24, 12);
/** The largest time that ten digits hold: the year 37648. */
const LAST_MS = 2 ** 50 - 1;

const times = fc.integer({ min: 0, max: LAST_MS });
const recordAddresses: fc.Arbitrary<RecordAddress> = fc.record({
  timeMs: times,
  sequence: fc.integer({ min: 0, max: LIMITS.sequence }),
  tag: fc.integer({ min: 0, max: LIMITS.tag }),
});
const deliveryAddresses: fc.Arbitrary<DeliveryAddress> = fc.record({
  timeMs: times,
  sequence: fc.integer({ min: 0, max: LIMITS.sequence }),
  destinationNo: fc.integer({ min: 0, max: LIMITS.destinationNo }),
  ordinal: fc.integer({ min: 0, max: LIMITS.ordinal }),
  attemptNumber: fc.integer({ min: 0, max: LIMITS.attemptNumber }),
});

describe("ids of requests and events", () => {
  test("an id gives its address back, in either case of letters", () => {
    fc.assert(
      fc.property(recordAddresses, fc.constantFrom("req", "evt"), (address, prefix) => {
        const id = formatRecordId(prefix, address);
        expect(id).toMatch(/^(req|evt)_[0-9A-HJKMNP-TV-Z]{26}$/);
        expect(parseRecordId(prefix, id)).toEqual(address);
        const body = id.slice(prefix.length);
        expect(parseRecordId(prefix, `${prefix}${body.toLowerCase()}`)).toEqual(address);
      }),
    );
  });

  test("the digits are time, sequence and tag", () => {
    const address = { timeMs: 1, sequence: 32, tag: LIMITS.tag };
    expect(formatRecordId("req", address)).toBe("req_00000000010000" + "0010ZZZZZZZZ");
    const zero = { timeMs: 0, sequence: 0, tag: 0 };
    expect(formatRecordId("evt", zero)).toBe(`evt_${"0".repeat(26)}`);
    const last = { timeMs: LAST_MS, sequence: LIMITS.sequence, tag: LIMITS.tag };
    expect(formatRecordId("evt", last)).toBe(`evt_${"Z".repeat(26)}`);
  });

  test("a request and its event share their digits", () => {
    const address = { timeMs: NOON_MS, sequence: 12_345, tag: 678 };
    expect(formatRecordId("req", address).slice(4)).toBe(formatRecordId("evt", address).slice(4));
  });

  test("ids of one store sort as text like time and sequence", () => {
    fc.assert(
      fc.property(recordAddresses, recordAddresses, (left, other) => {
        const right = { ...other, tag: left.tag };
        const [leftId, rightId] = [formatRecordId("evt", left), formatRecordId("evt", right)];
        const order = left.timeMs - right.timeMs || left.sequence - right.sequence;
        expect(Math.sign(Number(leftId > rightId) - Number(leftId < rightId))).toBe(
          Math.sign(order),
        );
      }),
    );
  });

  test("a sequence beyond the limit is a broken invariant, not a wrong id", () => {
    const address = { timeMs: NOON_MS, sequence: LIMITS.sequence + 1, tag: 0 };
    expect(() => formatRecordId("evt", address)).toThrow(AssertionError);
    expect(() => formatRecordId("evt", { ...address, sequence: -1 })).toThrow(AssertionError);
  });
});

describe("ids of deliveries and attempts", () => {
  test("an id gives its address back", () => {
    fc.assert(
      fc.property(deliveryAddresses, fc.constantFrom("dlv", "att"), (address, prefix) => {
        const id = formatDeliveryId(prefix, address);
        expect(id).toMatch(/^(dlv|att)_[0-9A-HJKMNP-TV-Z]{26}$/);
        expect(parseDeliveryId(prefix, id)).toEqual(address);
      }),
    );
  });

  test("every attempt of a delivery has an id of its own, next to the delivery's", () => {
    const delivery = {
      timeMs: NOON_MS,
      sequence: 7,
      destinationNo: LIMITS.destinationNo,
      ordinal: LIMITS.ordinal,
      attemptNumber: 0,
    };
    const ids = [0, 1, 2, LIMITS.attemptNumber].map((attemptNumber) =>
      formatDeliveryId("att", { ...delivery, attemptNumber }),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted((left, right) => (left < right ? -1 : 1)));
  });

  test.for(["destinationNo", "ordinal", "attemptNumber"] as const)(
    "a %s beyond its limit is a broken invariant, not another delivery's id",
    (part) => {
      const address = {
        timeMs: NOON_MS,
        sequence: 1,
        destinationNo: 1,
        ordinal: 0,
        attemptNumber: 0,
      };
      expect(() => formatDeliveryId("dlv", { ...address, [part]: LIMITS[part] + 1 })).toThrow(
        AssertionError,
      );
      expect(() => formatDeliveryId("dlv", { ...address, [part]: -1 })).toThrow(AssertionError);
    },
  );
});

describe("text that is not an id", () => {
  const good = formatRecordId("evt", { timeMs: NOON_MS, sequence: 1, tag: 2 });

  test.for([
    ["nothing", ""],
    ["a prefix alone", "evt_"],
    ["another prefix", good.replace("evt", "req")],
    ["no separator", good.replace("_", "")],
    ["one digit short", good.slice(0, -1)],
    ["one digit long", `${good}0`],
    ["space around it", ` ${good}`],
    ["a letter that base32 leaves out", good.replace(/.$/, "U")],
    ["a letter that looks like a digit", good.replace(/.$/, "O")],
    ["a sign", good.replace(/.$/, "-")],
    ["a letter beyond ASCII", good.replace(/.$/, "\u00e9")],
  ])("%s is refused", ([, text]) => {
    expect(parseRecordId("evt", text!)).toBeUndefined();
    expect(parseDeliveryId("dlv", text!.replace("evt", "dlv"))).toBeUndefined();
  });

  test("any text is refused or is the id of the address it gives", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (body) => {
        const address = parseRecordId("req", `req_${body}`);
        if (address === undefined) return;
        expect(formatRecordId("req", address)).toBe(`req_${body.toUpperCase()}`);
      }),
    );
  });
});

describe("random ids", () => {
  test("hold the time and eighty random bits", () => {
    const random = Uint8Array.from([255, 255, 255, 255, 255, 0, 0, 0, 0, 1]);
    expect(formatRandomId("dst", 31, random)).toBe("dst_000000000ZZZZZZZZZ00000001");
    const longer = Uint8Array.from([...random, 9, 9]);
    expect(formatRandomId("dst", 31, longer)).toBe(formatRandomId("dst", 31, random));
  });

  test("each random byte makes a difference", () => {
    const zeros = new Uint8Array(10);
    const ids = Array.from(zeros, (_, index) =>
      formatRandomId("key", NOON_MS, zeros.with(index, 1)),
    );
    expect(new Set([...ids, formatRandomId("key", NOON_MS, zeros)]).size).toBe(11);
  });

  test("too little randomness is a broken invariant", () => {
    expect(() => formatRandomId("src", NOON_MS, new Uint8Array(9))).toThrow(AssertionError);
  });
});
