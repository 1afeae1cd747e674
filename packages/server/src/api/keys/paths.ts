/** API keys: made, listed by their first characters, and revoked. */
import { z } from "@hono/zod-openapi";
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { ApiContext } from "../context.ts";
import { defined } from "../defined.ts";
import { operation, type Operation } from "../operation.ts";
import { listCall, slicePage } from "../paging.ts";
import { pageOf, paging, time, timeOrNull, timeParam } from "../schema.ts";
import { formatTime, formatTimeOrNull } from "../../support/time.ts";
import type { KeyInfo } from "./keys.ts";

const TAG = "keys";

type KeyView = {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
};
type NewKeyView = KeyView & { readonly key: string };

const fields = {
  id: z.string().openapi({ example: "key_01JDC0000000000001ABCDEFGH" }),
  name: z.string(),
  prefix: z.string().describe("The first characters of the key."),
  createdAt: time,
  expiresAt: timeOrNull,
  lastUsedAt: timeOrNull.describe("To about ten minutes."),
};

const keySchema: z.ZodType<KeyView> = z.object(fields).openapi("Key");
const newKeySchema: z.ZodType<NewKeyView> = z
  .object({ ...fields, key: z.string().describe("The key itself, shown only here.") })
  .openapi("CreatedKey");

export function keyOperations(context: ApiContext): readonly Operation[] {
  return [createKey(context), listKeys(context), deleteKey(context)];
}

function createKey(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/keys",
    id: "createKey",
    tag: TAG,
    summary: "Create an API key",
    description: "The answer is the only place where the key is shown.",
    body: z
      .strictObject({
        name: z.string().min(1).max(200),
        expiresAt: timeParam("When it stops working; default: never."),
      })
      .openapi("NewKey"),
    errors: ["state_conflict"],
    answer: { status: 201, description: "The new key.", schema: newKeySchema },
    async handle({ body: { name, expiresAt } }) {
      if (expiresAt !== undefined && expiresAt <= context.deps.clock.nowMs()) {
        throw new RingdownError("invalid_request", "expiresAt must be in the future.");
      }
      const { info, plain } = await context.deps.keys.create({
        name,
        ...defined({ expiresAtMs: expiresAt }),
      });
      return { ...keyView(info), key: plain };
    },
  });
}

function listKeys(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/keys",
    id: "listKeys",
    tag: TAG,
    summary: "List API keys",
    description: "A key given as RINGDOWN_ADMIN_KEY is not among them.",
    query: z.strictObject(paging),
    errors: ["invalid_cursor"],
    answer: { status: 200, description: "The keys.", schema: pageOf(keySchema, "Key") },
    handle: ({ query }) =>
      slicePage(context, listCall("keys", query), {
        items: context.deps.keys.list(),
        growsAt: "end",
        view: keyView,
      }),
  });
}

function deleteKey(context: ApiContext): Operation {
  return operation({
    method: "delete",
    path: "/api/v1/keys/{id}",
    id: "deleteKey",
    tag: TAG,
    summary: "Revoke an API key",
    description: "At once. The last key that lets anybody in cannot be revoked.",
    params: z.strictObject({ id: z.string().openapi({ description: "`key_…`" }) }),
    errors: ["state_conflict"],
    answer: { status: 204, description: "It no longer works." },
    handle: ({ params: { id } }) => context.deps.keys.remove(id),
  });
}

function keyView(info: KeyInfo): KeyView {
  return {
    id: info.id,
    name: info.name,
    prefix: info.prefix,
    createdAt: formatTime(info.createdAtMs),
    expiresAt: formatTimeOrNull(info.expiresAtMs),
    lastUsedAt: formatTimeOrNull(info.lastUsedAtMs),
  };
}
