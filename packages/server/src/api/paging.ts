/** The pages of a list: from a caller's cursor to where the store goes on, and back. */
import type { ApiContext } from "./context.ts";
import type { Page } from "./schema.ts";

/** Reads of the store for one page: filters that match little must not hold a caller for ever. */
const READS_PER_PAGE = 5;

/** The list a cursor belongs to: name and filters, but not how many are asked for. */
function listKey(name: string, query: Readonly<Record<string, unknown>>): string {
  const filters = Object.entries(query)
    .filter(([key, value]) => key !== "limit" && key !== "cursor" && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${name} ${JSON.stringify(filters)}`;
}

export type StoredPage<T> = {
  readonly items: readonly T[];
  /** Where to go on; absent at the end. */
  readonly next?: number;
};

export type ListCall = {
  readonly list: string;
  readonly limit: number;
  readonly cursor: string | undefined;
};

type PagedQuery = { readonly limit: number; readonly cursor?: string | undefined };

/** The call of a list by its name, query and whatever else selects its items. */
export function listCall(
  name: string,
  query: PagedQuery & Readonly<Record<string, unknown>>,
): ListCall {
  return { list: listKey(name, query), limit: query.limit, cursor: query.cursor };
}

/**
 * A page of what is in memory anyway. `growsAt` is where new items appear: positions are counted
 * from the other end, so that an item added meanwhile shifts nothing. @throws invalid_cursor
 */
export function slicePage<T, V>(
  context: ApiContext,
  call: ListCall,
  from: { readonly items: readonly T[]; readonly growsAt: "start" | "end"; view(item: T): V },
): Page<V> {
  const { items } = from;
  const { list, limit, cursor } = call;
  const [position] = cursor === undefined ? [] : context.cursors.decode(list, cursor);
  const isFromEnd = from.growsAt === "start";
  const shownFrom = isFromEnd ? items.length - (position ?? items.length) : (position ?? 0);
  const start = Math.max(0, shownFrom);
  const end = Math.min(items.length, start + limit);
  const next = isFromEnd ? items.length - end : end;
  return {
    data: items.slice(start, end).map((item) => from.view(item)),
    nextCursor: end === items.length ? null : context.cursors.encode(list, [next]),
  };
}

/** A page of a list whose position is one number. @throws invalid_cursor */
export async function readPage<T, V>(
  context: ApiContext,
  call: ListCall,
  from: {
    read(position: number | undefined, limit: number): Promise<StoredPage<T>>;
    view(item: T): Promise<V>;
  },
): Promise<Page<V>> {
  const { list, limit, cursor } = call;
  let position = cursor === undefined ? undefined : context.cursors.decode(list, cursor)[0];
  const items: T[] = [];
  for (let reads = 0; reads < READS_PER_PAGE; reads++) {
    const page = await from.read(position, limit - items.length);
    items.push(...page.items);
    position = page.next;
    if (position === undefined || items.length >= limit) break;
  }
  return {
    data: await Promise.all(items.map((item) => from.view(item))),
    nextCursor: position === undefined ? null : context.cursors.encode(list, [position]),
  };
}
