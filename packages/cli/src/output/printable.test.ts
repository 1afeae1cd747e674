import { expect, test } from "vitest";
import { printable, printableBlock } from "./printable.ts";

test("ordinary text stays as it is, whatever its script", () => {
  const text = "Größe 10 € · 雪 🎉 “quoted”";
  expect(printable(text)).toBe(text);
  expect(printableBlock(text)).toBe(text);
});

test("[I12] what acts on a terminal becomes a sign", () => {
  expect(printable("\u001b]0;title\u0007")).toBe("\u241b]0;title\u2407");
  expect(printable("a\u007fb\u0085c\u009b2Jd")).toBe("a\u2421b\ufffdc\ufffd2Jd");
});

test("[I12] text cannot be made to read backwards", () => {
  expect(printable("cod\u202egnp.exe\u2066")).toBe("cod\ufffdgnp.exe\ufffd");
});

test("a field stays on its line; a block keeps its lines and tabs, and nothing else", () => {
  expect(printable("a\r\nb\tc")).toBe("a\u240d\u240ab\u2409c");
  expect(printableBlock("a\r\nb\tc\rd\u001b")).toBe("a\nb\tc\u240dd\u241b");
});
