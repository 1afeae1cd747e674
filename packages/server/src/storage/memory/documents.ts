/** Small named state, kept as JSON text: what comes back shares nothing with what was put. */
import type { DocumentChange, StoredDocument } from "../storage.ts";
import type { DiskContents } from "./disk.ts";

/** A change with its document as JSON, encoded when it was handed over. */
export type EncodedDocumentChange =
  | { readonly put: { readonly kind: string; readonly id: string; readonly json: string } }
  | { readonly remove: { readonly kind: string; readonly id: string } };

export function encodeDocuments(changes: readonly DocumentChange[]): EncodedDocumentChange[] {
  return changes.map((change) => {
    if ("remove" in change) return change;
    const { kind, id, document } = change.put;
    return { put: { kind, id, json: JSON.stringify(document) } };
  });
}

export function putDocuments(
  contents: DiskContents,
  changes: readonly EncodedDocumentChange[],
): void {
  for (const change of changes) {
    if ("put" in change) {
      const { kind, id, json } = change.put;
      const ofKind = contents.documents.get(kind) ?? new Map<string, string>();
      contents.documents.set(kind, ofKind.set(id, json));
    } else {
      contents.documents.get(change.remove.kind)?.delete(change.remove.id);
    }
  }
}

export function listDocuments(contents: DiskContents, kind: string): readonly StoredDocument[] {
  return [...(contents.documents.get(kind) ?? [])]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, json]) => ({ kind, id, document: JSON.parse(json) as unknown }));
}
