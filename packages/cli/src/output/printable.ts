/**
 * Makes text that came from outside safe to show on a terminal (I12): a body, a header or a name
 * could hold escape sequences that move the cursor, rewrite what was printed, or write to the
 * clipboard. Control characters become visible signs, so that nothing disappears unnoticed.
 *
 * Also shown as signs: C1 controls, and the characters that reorder text (bidirectional overrides),
 * with which a line can be made to read as something else. NDJSON needs none of this: JSON escapes
 * control characters itself.
 */

const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const CONTROL_BUT_LAYOUT = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** First of the Unicode block "Control Pictures": U+2400 stands for NUL, U+241B for ESC. */
const PICTURES = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = "\u2421";
const OTHER = "\ufffd";

/** For a field in a line: no line break survives. */
export function printable(text: string): string {
  return text.replace(CONTROL, pictureOf);
}

/** For a block of text, such as a body: line breaks and tabs stay. */
export function printableBlock(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(CONTROL_BUT_LAYOUT, pictureOf);
}

function pictureOf(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(PICTURES + code);
  return code === DELETE ? DELETE_PICTURE : OTHER;
}
