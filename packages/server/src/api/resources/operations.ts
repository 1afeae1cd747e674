/**
 * Sources, destinations and routes are listed, created, shown, replaced and deleted in the same way;
 * their folders say what is special about each.
 *
 * The specification is passed on as it came: the registry knows the configuration file's shape and
 * checks it whole, unknown keys included. Literal secrets come back masked, and a mask that is sent
 * back keeps the secret it stands for (I8).
 */
import { z } from "@hono/zod-openapi";
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { Resource, ResourceKind } from "../../model/registry.ts";
import { type ApiContext, resourceOf } from "../context.ts";
import { operation, type Operation } from "../operation.ts";
import { listCall, slicePage } from "../paging.ts";
import { pageOf, paging } from "../schema.ts";
import {
  answerSchema,
  changedSchema,
  isAddedField,
  newSchema,
  type ResourceView,
  resourceView,
} from "./schema.ts";

export type ResourceWords = {
  readonly kind: ResourceKind;
  /** `source` */
  readonly one: string;
  /** `Source`, also the name of the schema. */
  readonly title: string;
};

export type ResourceShape = ResourceWords & {
  /** Fields that only this kind's answers have, besides what all of them have. */
  readonly fields: z.ZodRawShape;
  /** Their values. */
  fieldsOf(resource: Resource): Readonly<Record<string, unknown>>;
};

export function resourceOperations(
  context: ApiContext,
  shape: ResourceShape,
): readonly Operation[] {
  const kind: Kind = {
    ...shape,
    schema: answerSchema(shape.kind, shape.title, shape.fields),
    view: (resource) => ({ ...resourceView(resource), ...shape.fieldsOf(resource) }),
  };
  return [
    listResources(context, kind),
    createResource(context, kind),
    getResource(context, kind),
    replaceResource(context, kind),
    deleteResource(context, kind),
  ];
}

type Kind = ResourceShape & {
  readonly schema: z.ZodType<ResourceView>;
  view(resource: Resource): ResourceView;
};

const params = z.strictObject({ nameOrId: z.string() });

function pathOf({ kind }: ResourceWords): string {
  return `/api/v1/${kind}`;
}

/** The specification itself, without name and what the gateway adds. */
function specOf(shape: Kind, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = Object.entries(body).filter(([name]) => !isAddedField(name, shape.fields));
  return Object.fromEntries(own);
}

function listResources(context: ApiContext, shape: Kind): Operation {
  const { kind, title, schema } = shape;
  return operation({
    method: "get",
    path: pathOf(shape),
    id: `list${title}s`,
    tag: kind,
    summary: `List ${kind} by name`,
    query: z.strictObject(paging),
    errors: ["invalid_cursor"],
    answer: { status: 200, description: `The ${kind}.`, schema: pageOf(schema, title) },
    handle: ({ query }) =>
      slicePage(context, listCall(kind, query), {
        items: context.deps.registry.list(kind).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        growsAt: "end",
        view: shape.view,
      }),
  });
}

function createResource(context: ApiContext, shape: Kind): Operation {
  const { kind, one, title, schema } = shape;
  return operation({
    method: "post",
    path: pathOf(shape),
    id: `create${title}`,
    tag: kind,
    summary: `Create a ${one}`,
    description: `The shape that the configuration file has under \`${kind}\`, plus \`name\`.`,
    body: newSchema(kind, title),
    errors: ["config_invalid", "name_taken", "secret_unresolved"],
    answer: { status: 201, description: `The new ${one}.`, schema },
    async handle({ body }) {
      const { registry } = context.deps;
      return shape.view(await registry.create(kind, body.name, specOf(shape, body)));
    },
  });
}

function getResource(context: ApiContext, shape: Kind): Operation {
  const { kind, one, title, schema } = shape;
  return operation({
    method: "get",
    path: `${pathOf(shape)}/{nameOrId}`,
    id: `get${title}`,
    tag: kind,
    summary: `Show one ${one}`,
    params,
    answer: { status: 200, description: `The ${one}.`, schema },
    handle: ({ params: { nameOrId } }) => shape.view(resourceOf(context, kind, nameOrId)),
  });
}

function replaceResource(context: ApiContext, shape: Kind): Operation {
  const { kind, one, title, schema } = shape;
  return operation({
    method: "put",
    path: `${pathOf(shape)}/{nameOrId}`,
    id: `replace${title}`,
    tag: kind,
    summary: `Replace a ${one}`,
    description:
      "The whole specification; what is left out is no longer set. A masked secret keeps its value. Fields that only the gateway sets may be sent back and are not looked at.",
    params,
    body: changedSchema(kind, title, shape.fields),
    errors: ["config_invalid", "not_owner", "secret_unresolved"],
    answer: { status: 200, description: `The ${one}.`, schema },
    async handle({ params: { nameOrId }, body }) {
      const { name } = resourceOf(context, kind, nameOrId);
      if (body.name !== undefined && body.name !== name) {
        throw new RingdownError(
          "invalid_request",
          `A ${one} cannot be renamed; create another and delete this one.`,
        );
      }
      return shape.view(await context.deps.registry.replace(kind, name, specOf(shape, body)));
    },
  });
}

function deleteResource(context: ApiContext, shape: Kind): Operation {
  const { kind, one, title } = shape;
  return operation({
    method: "delete",
    path: `${pathOf(shape)}/{nameOrId}`,
    id: `delete${title}`,
    tag: kind,
    summary: `Delete a ${one}`,
    params,
    errors: ["resource_in_use", "not_owner"],
    answer: { status: 204, description: "It is gone." },
    async handle({ params: { nameOrId } }) {
      await context.deps.registry.remove(kind, resourceOf(context, kind, nameOrId).name);
    },
  });
}
