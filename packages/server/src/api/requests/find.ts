/** Finds the stored record that an id names. An id of another store, or one made up, finds nothing. */
import { RingdownError } from "../../errors/ringdown-error.ts";
import { parseRecordId } from "../../model/ids.ts";
import type { StoredRequest } from "../../model/request.ts";
import type { RequestSummary } from "../../storage/storage.ts";
import { type ApiContext, quoted } from "../context.ts";
import { readSummary } from "../facts.ts";

type RecordPrefix = "req" | "evt";

/** Without its body. @throws not_found */
export async function findSummary(
  context: ApiContext,
  prefix: RecordPrefix,
  id: string,
): Promise<RequestSummary> {
  const sequence = sequenceOf(context, prefix, id);
  return genuine(await readSummary(context.deps.storage, sequence), prefix, id);
}

/** With its body. @throws not_found */
export async function findRecord(
  context: ApiContext,
  prefix: RecordPrefix,
  id: string,
): Promise<StoredRequest> {
  const sequence = sequenceOf(context, prefix, id);
  return genuine(await context.deps.storage.readRequest(sequence), prefix, id);
}

function sequenceOf({ deps }: ApiContext, prefix: RecordPrefix, id: string): number {
  const address = parseRecordId(prefix, id);
  if (address === undefined || address.tag !== deps.storeTag) throw notFound(prefix, id);
  return address.sequence;
}

function genuine<R extends Pick<StoredRequest, "receivedAtMs" | "outcome">>(
  record: R | undefined,
  prefix: RecordPrefix,
  id: string,
): R {
  const isIt =
    record !== undefined &&
    record.receivedAtMs === parseRecordId(prefix, id)?.timeMs &&
    (prefix === "req" || record.outcome === "accepted");
  if (!isIt) throw notFound(prefix, id);
  return record;
}

function notFound(prefix: RecordPrefix, id: string): RingdownError {
  const kind = prefix === "req" ? "request" : "event";
  return new RingdownError("not_found", `There is no ${kind} ${quoted(id)}.`);
}
