import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createSecretBox, isSealed } from "./secrets.ts";

const box = () => createSecretBox(randomBytes(32), { randomBytes });
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "no error";
};

describe("[I8] sealed secrets", () => {
  test("open at their place, and nowhere else", () => {
    const sealer = box();
    const sealed = sealer.seal("whsec_größe", "sources|src_1|verify.secret");
    expect(isSealed(sealed)).toBe(true);
    expect(sealed).not.toContain("whsec");
    expect(sealer.open(sealed, "sources|src_1|verify.secret")).toBe("whsec_größe");
    expect(codeOf(() => sealer.open(sealed, "sources|src_2|verify.secret"))).toBe(
      "secret_key_invalid",
    );
  });

  test("two of the same secret have nothing in common", () => {
    const sealer = box();
    const bodies = [1, 2].map(() => sealer.seal("same", "p").split(":")[3]);
    expect(bodies[0]).not.toBe(bodies[1]);
  });

  test("do not open with another key, and say that it is the key", () => {
    const sealed = box().seal("x", "p");
    expect(() => box().open(sealed, "p")).toThrow(/encrypted with another key/);
    expect(codeOf(() => box().open(sealed, "p"))).toBe("secret_key_invalid");
  });

  test("do not open with any byte changed or cut off", () => {
    const sealer = box();
    const sealed = sealer.seal("secret", "p");
    const [prefix, text] = [
      sealed.slice(0, sealed.lastIndexOf(":") + 1),
      sealed.split(":")[3] ?? "",
    ];
    const bytes = Buffer.from(text, "base64url");
    for (let index = 0; index < bytes.length; index++) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] ?? 0) ^ 1;
      expect(codeOf(() => sealer.open(prefix + flipped.toString("base64url"), "p"))).toBe(
        "secret_key_invalid",
      );
      const cut = bytes.subarray(0, index).toString("base64url");
      expect(codeOf(() => sealer.open(prefix + cut, "p"))).toBe("secret_key_invalid");
    }
  });

  test("a key of another length is refused", () => {
    expect(codeOf(() => createSecretBox(randomBytes(31), { randomBytes }))).toBe(
      "secret_key_invalid",
    );
  });
});
