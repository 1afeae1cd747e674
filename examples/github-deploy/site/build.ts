/**
 * A static site from a folder of Markdown: one page a file. Headings, paragraphs, lists, links between
 * pages, emphasis and code; everything else is text. What is text is escaped before anything is made of it.
 * A page without a title fails the build: better no new site than a broken one.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Builds every page; returns their names. @throws when a page is wrong or there is none */
export function buildSite(contentDir: string, outputDir: string): string[] {
  const names = readdirSync(contentDir).filter((name) => name.endsWith(".md"));
  if (names.length === 0) throw new Error(`no pages in ${contentDir}`);
  mkdirSync(outputDir, { recursive: true });
  return names.map((name) => {
    const page = `${name.slice(0, -".md".length)}.html`;
    writeFileSync(
      join(outputDir, page),
      pageOf(name, readFileSync(join(contentDir, name), "utf8")),
    );
    return page;
  });
}

function pageOf(name: string, markdown: string): string {
  const title = /^# (.+)$/m.exec(markdown)?.[1];
  if (title === undefined) throw new Error(`${name} has no title`);
  const body = markdown
    .trim()
    .split(/\n{2,}/)
    .map(blockOf)
    .join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)}</title>
${body}
</html>
`;
}

function blockOf(block: string): string {
  const heading = /^(#{1,6}) (.+)$/.exec(block);
  if (heading !== null) {
    const level = String(heading[1]?.length ?? 1);
    return `<h${level}>${inline(heading[2] ?? "")}</h${level}>`;
  }
  const lines = block.split("\n");
  if (lines.every((line) => line.startsWith("- "))) {
    return `<ul>\n${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("\n")}\n</ul>`;
  }
  return `<p>${inline(lines.join(" "))}</p>`;
}

function inline(text: string): string {
  return escaped(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\*([^*]+)\*/g, "<em>$1</em>")
    .replace(/\[([^\]]+)\]\(([\w/-]+)\.md\)/g, '<a href="$2.html">$1</a>');
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
