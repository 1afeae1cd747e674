/** Small named state: configuration, keys, operations. Written inside the writer's transaction. */
import type { DatabaseSync } from "node:sqlite";
import type { DocumentChange, StoredDocument } from "../storage.ts";

/** Inside the writer's open transaction. */
export function createDocumentWriter(
  db: DatabaseSync,
): (changes: readonly DocumentChange[]) => void {
  const put = db.prepare(`
    INSERT INTO documents (kind, id, document) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET document = excluded.document`);
  const remove = db.prepare("DELETE FROM documents WHERE kind = ? AND id = ?");

  return (changes) => {
    for (const change of changes) {
      if ("put" in change)
        put.run(change.put.kind, change.put.id, JSON.stringify(change.put.document));
      else remove.run(change.remove.kind, change.remove.id);
    }
  };
}

export function createDocumentReader(db: DatabaseSync): (kind: string) => StoredDocument[] {
  const list = db.prepare("SELECT id, document FROM documents WHERE kind = ? ORDER BY id");
  return (kind) =>
    (list.all(kind) as { id: string; document: string }[]).map(({ id, document }) => ({
      kind,
      id,
      document: JSON.parse(document) as unknown,
    }));
}
