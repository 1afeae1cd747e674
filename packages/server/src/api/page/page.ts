/**
 * The page at `/`: what this is, where everything is, what to try. No script; the one style sheet
 * is named by its hash, so that nothing else can be (I12). Sources are named only where no key is
 * needed anyway: with keys, the page is what strangers see.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ApiContext, quoted } from "../context.ts";
import { ingestUrlOf } from "../sources/paths.ts";

const template = readFileSync(new URL("./index.html", import.meta.url), "utf8");
const style = /<style>([\s\S]*?)<\/style>/.exec(template)?.[1] ?? "";
const styleHash = createHash("sha256").update(style).digest("base64");
const CSP = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
/** A page, not a list: the rest is in the API. */
const SOURCES_SHOWN = 20;

export function pageAnswer(context: ApiContext): Response {
  const values: Readonly<Record<string, string>> = {
    api: escaped(context.options.apiUrl()),
    version: escaped(context.options.version),
    mode: context.options.mode === "dev" ? "development" : "production",
    sources: sourcesMarkup(context),
    curl: escaped(curlLine(context)),
    access: escaped(
      context.options.auth === "keys"
        ? "Every call of the API needs a key: Authorization: Bearer rd_…"
        : "No key is needed on this machine.",
    ),
  };
  const html = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
  return new Response(html, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": CSP },
  });
}

function shownSources(context: ApiContext): readonly string[] {
  if (context.options.auth === "keys") return [];
  return context.deps.registry
    .list("sources")
    .slice(0, SOURCES_SHOWN)
    .map(({ name }) => name);
}

function sourcesMarkup(context: ApiContext): string {
  const names = shownSources(context);
  if (names.length === 0) return "";
  const rows = names.map((name) => {
    const url = escaped(ingestUrlOf(context, name));
    return `<dt>${escaped(name)}</dt><dd><code>${url}</code></dd>`;
  });
  return `<h2>Sources</h2>\n<p>Give a provider its URL; what arrives is kept before it is answered.</p>\n<dl>${rows.join("\n")}</dl>`;
}

/** Something that works when pasted. */
function curlLine(context: ApiContext): string {
  const [name] = shownSources(context);
  if (name === undefined) {
    return `curl -H "Authorization: Bearer $RINGDOWN_KEY" ${context.options.apiUrl()}/api/v1/requests`;
  }
  return `curl -d '{"hello":"world"}' -H 'content-type: application/json' ${quoted(ingestUrlOf(context, name))}`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
