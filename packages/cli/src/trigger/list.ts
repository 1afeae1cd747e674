/** `ringdown trigger --list`: what can be sent, a line for each provider. */
import type { SampleName } from "@ringdown/receiver/samples";
import type { ExitName } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";

/** Text has a line for each provider; records are one for each sample, for scripts that send them all. */
export function listSampleNames(output: Output, samples: readonly SampleName[]): ExitName {
  if (output.format === "ndjson") {
    for (const { provider, type } of samples) {
      output.show({ type: "sample", provider, eventType: type });
    }
    return "done";
  }
  const byProvider = Map.groupBy(samples, ({ provider }) => provider);
  const width = Math.max(0, ...[...byProvider.keys()].map((name) => name.length));
  for (const [provider, own] of byProvider) {
    const types = own.map(({ type }) => type).join(", ");
    output.print(`${provider.padEnd(width)}  ${types}`);
  }
  return "done";
}
