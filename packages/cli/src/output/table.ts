/**
 * Columns for people. Nothing is cut: an id or a URL that is not whole is of no use, and a terminal
 * wraps by itself. The column that may become long therefore belongs last.
 */
import { stripVTControlCharacters } from "node:util";
import type { Style } from "./style.ts";

export type Column<Row> = {
  readonly title: string;
  readonly align?: "right";
  /** May be coloured; must already be printable. */
  readonly cell: (row: Row) => string;
};

const GAP = "  ";

/** The lines of the table, its heading first. */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Style,
): readonly string[] {
  const heading = columns.map(({ title }) => style.faint(title));
  const lines = [heading, ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ""))));
  return lines.map((line) =>
    line
      .map((cell, at) => {
        const space = " ".repeat((widths[at] ?? 0) - widthOf(cell));
        return columns[at]?.align === "right" ? space + cell : cell + space;
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** How many columns the text takes, colour codes aside. Wide characters count as one. */
function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
