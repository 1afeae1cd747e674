/** docs/reference/metrics.md: every metric of /metrics, from the place that makes them. */
import { allMetrics, type MetricsContext } from "../../packages/server/src/api/gateway/metrics.ts";
import type { Output } from "../generate.ts";

const INTRODUCTION = `# Metrics

Made from \`packages/server/src/api/gateway/metrics.ts\` by \`npm run generate\`; change it there.

\`GET /metrics\` answers in the text format of Prometheus. Names are only ever added. Metrics of destinations
carry the label \`destination\`; \`ringdown_requests_total\` and \`ringdown_attempts_total\` carry \`outcome\`
and \`cause\` ([causes](errors.md)).

| metric | type | meaning |
| --- | --- | --- |
`;

/** A gateway in which nothing has happened: the metrics are there all the same. */
const QUIET: MetricsContext = {
  deps: {
    control: { statuses: () => [] },
    registry: { findByNo: () => undefined },
    storage: {
      health: () => ({ state: "ok", waitingCount: 0, waitingBytes: 0, lastCommitMs: 0 }),
    },
  } as unknown as MetricsContext["deps"],
};

export function outputs(): Promise<Output[]> {
  const rows = allMetrics(QUIET).map(
    ({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`,
  );
  return Promise.resolve([
    { path: "docs/reference/metrics.md", text: `${INTRODUCTION}${rows.join("\n")}\n` },
  ]);
}
