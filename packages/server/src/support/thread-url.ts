/** Where a worker thread's entry lies: TypeScript in a checkout, JavaScript in a published package. */
export function threadUrl(importerUrl: string, name: string): URL {
  return new URL(`./${name}.thread${importerUrl.endsWith(".ts") ? ".ts" : ".js"}`, importerUrl);
}
