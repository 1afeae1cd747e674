/**
 * The registry as others see it: resources by kind and name, changes that are validated whole,
 * versioned and applied at once, and the compiled configuration in force.
 */
import type { ActiveConfig } from "./active.ts";

export const RESOURCE_KINDS = ["sources", "destinations", "routes"] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** Who may change a resource: `api`, or `file:<name>` for what a configuration file owns. */
export type Owner = string;

export type Resource = {
  readonly kind: ResourceKind;
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly owner: Owner;
  /** The configuration file's shape. Literal secrets are replaced by a mask (I8). */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly version: number;
};

/** A configuration document: the parsed file without its `server` block. */
export type ConfigDocument = Readonly<Record<ResourceKind, Readonly<Record<string, unknown>>>> &
  Readonly<Record<string, unknown>>;

export type PlannedChange = {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly action: "add" | "change" | "remove" | "keep" | "foreign";
  /** Changed fields as dotted paths; secrets appear as `••• changed`. */
  readonly fields: readonly {
    readonly path: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
  /** For `foreign`: who owns it. */
  readonly owner?: Owner;
};

export type Plan = { readonly changes: readonly PlannedChange[]; readonly baseVersion: number };

/** A plan with the configuration that would be in force; numbers in it are not given for good. */
export type PreviewedPlan = Plan & { readonly active: ActiveConfig };

export type Registry = {
  active(): ActiveConfig;
  /** Called after every change with the new configuration. */
  onChange(listener: (active: ActiveConfig) => void): void;

  list(kind: ResourceKind): readonly Resource[];
  /** By name or id. */
  find(kind: ResourceKind, nameOrId: string): Resource | undefined;
  findByNo(kind: ResourceKind, no: number): Resource | undefined;

  /** @throws config_invalid, name_taken, secret_unresolved */
  create(kind: ResourceKind, name: string, spec: unknown): Promise<Resource>;
  /** Replaces the whole spec; a masked secret keeps its value. @throws not_found, config_invalid, not_owner */
  replace(kind: ResourceKind, nameOrId: string, spec: unknown): Promise<Resource>;
  /** @throws not_found, resource_in_use, not_owner */
  remove(kind: ResourceKind, nameOrId: string): Promise<void>;

  /** What applying the document would do; touches nothing. @throws config_invalid */
  plan(document: ConfigDocument, options: ApplyOptions): Promise<PreviewedPlan>;
  /** All of it or nothing. @throws config_invalid, config_conflict, secret_unresolved */
  apply(
    document: ConfigDocument,
    options: ApplyOptions,
  ): Promise<Plan & { readonly version: number }>;
  /** Everything as a document that can be applied elsewhere; secrets as references or masks. */
  export(): ConfigDocument;
  /** The compiled configuration of an earlier version, for traces. */
  activeAt(version: number): Promise<ActiveConfig | undefined>;
};

export type ApplyOptions = {
  readonly owner: Owner;
  /** Remove what this owner has and the document has not. */
  readonly prune: "yes" | "no";
  /** Refuse if the configuration is no longer at this version. */
  readonly ifVersion?: number;
};
