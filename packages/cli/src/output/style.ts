/**
 * Colours, by what they mean rather than by their names. Colour never carries anything alone: every
 * coloured word says the same without it.
 */
import { styleText } from "node:util";
import type { Writable } from "node:stream";

export type Style = {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
  /** What can be copied: a command, a URL. */
  readonly copy: (text: string) => string;
};

export const plainStyle: Style = {
  good: same,
  bad: same,
  warn: same,
  faint: same,
  strong: same,
  copy: same,
};

const colourStyle: Style = {
  good: (text) => styleText("green", text, { validateStream: false }),
  bad: (text) => styleText("red", text, { validateStream: false }),
  warn: (text) => styleText("yellow", text, { validateStream: false }),
  faint: (text) => styleText("dim", text, { validateStream: false }),
  strong: (text) => styleText("bold", text, { validateStream: false }),
  copy: (text) => styleText("cyan", text, { validateStream: false }),
};

/** `auto` follows the stream, NO_COLOR, FORCE_COLOR and TERM, as node's `styleText` reads them. */
export function createStyle(stream: Writable, wish: "auto" | "never"): Style {
  if (wish === "never") return plainStyle;
  const probe = styleText("red", "x", { stream, validateStream: true });
  return probe === "x" ? plainStyle : colourStyle;
}

function same(text: string): string {
  return text;
}
