/** Small named state: configuration, keys, operations. Written inside the writer's transaction. */
import type { DocumentChange, StoredDocument } from "../storage.ts";
import type { Query } from "./reader.ts";
import type { Session } from "./session.ts";

/** Encoded at once: the caller may change the document afterwards. `undefined` removes it. */
export type EncodedDocument = {
  readonly kind: string;
  readonly id: string;
  readonly text: string | undefined;
};

const PUT = {
  name: "documents-put",
  text: `INSERT INTO documents (kind, id, document)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document`,
};
const REMOVE = {
  name: "documents-remove",
  text: `DELETE FROM documents
    WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
};
const LIST = {
  name: "documents-list",
  text: "SELECT id, document FROM documents WHERE kind = $1 ORDER BY id",
};

export function encodeDocuments(changes: readonly DocumentChange[]): readonly EncodedDocument[] {
  return changes.map((change) =>
    "put" in change
      ? {
          kind: change.put.kind,
          id: change.put.id,
          text: JSON.stringify(change.put.document),
        }
      : { ...change.remove, text: undefined },
  );
}

/** Changes in their order: only the last one of each document is written. */
export function sendDocuments(
  session: Session,
  changes: readonly EncodedDocument[],
): readonly Promise<unknown>[] {
  const last = new Map(changes.map((change) => [`${change.kind}\n${change.id}`, change]));
  const puts = [...last.values()].filter((change) => change.text !== undefined);
  const removals = [...last.values()].filter((change) => change.text === undefined);
  const sent: Promise<unknown>[] = [];
  if (puts.length > 0) sent.push(session.run(PUT, columnsOf(puts, ["kind", "id", "text"])));
  if (removals.length > 0) sent.push(session.run(REMOVE, columnsOf(removals, ["kind", "id"])));
  return sent;
}

function columnsOf(
  changes: readonly EncodedDocument[],
  names: readonly (keyof EncodedDocument)[],
): readonly unknown[] {
  return names.map((name) => changes.map((change) => change[name]));
}

export async function listDocuments(
  query: Query,
  kind: string,
): Promise<readonly StoredDocument[]> {
  const rows = await query<{ id: string; document: string }>(LIST, [kind]);
  return rows.map(({ id, document }) => ({
    kind,
    id,
    document: JSON.parse(document) as unknown,
  }));
}
