/**
 * Who may import whom. Whatever is not listed here is forbidden; docs/ARCHITECTURE.md tells why.
 *
 * Type-only imports count as well: a type is a dependency on a decision. Unit tests beside the
 * sources are free of the folder rules (they build what they need), not of the package rules.
 * Run by scripts/directions.ts, which also makes sure that it looked at the sources at all.
 */
import { globSync, readFileSync } from "node:fs";

/** Between packages. */
const PACKAGES = {
  receiver: [],
  client: [],
  server: ["receiver"],
  cli: ["server", "client", "receiver"],
  dashboard: ["client"],
};

/** Packages that other people's applications install: nothing may come with them. */
const WITHOUT_DEPENDENCIES = ["receiver", "client"];

/**
 * Between the folders of packages/server/src. "storage" is the port (the files directly in it), never
 * a backend; "receiver" is the package. What meets no other folder's code meets at these ports.
 */
const SERVER_FOLDERS = {
  model: ["errors", "receiver"],
  support: [],
  errors: [],
  telemetry: ["support", "errors"],
  // The file's grammar is the model's: what a source or a route may say.
  config: ["model", "support", "errors"],
  // Mechanics of HTTP: they know no word of the domain.
  http: ["support", "errors", "telemetry"],
  outbound: ["support", "errors", "telemetry"],
  storage: ["model", "errors"],
  routing: ["model"],
  registry: ["model", "routing", "storage", "config", "errors", "support", "telemetry", "receiver"],
  ingest: ["model", "routing", "storage", "http", "support", "errors", "telemetry", "receiver"],
  delivery: [
    "model",
    "routing",
    "storage",
    "outbound",
    "support",
    "errors",
    "telemetry",
    "receiver",
  ],
  replay: ["model", "storage", "errors", "support", "telemetry"],
  api: ["model", "registry", "storage", "http", "errors", "telemetry", "support", "config"],
};

const BACKENDS = ["memory", "sqlite", "postgres"];
const BACKEND_IMPORTS = ["storage", "model", "errors", "support", "telemetry"];

const SERVER = "^packages/server/src";
/** The composition root and the entries of worker threads: they build everything. */
const COMPOSITION = `${SERVER}/((gateway|index|version)\\.ts$|gateway/|.*\\.thread\\.ts$)`;
const UNIT_TEST = "\\.(test|suite)\\.ts$";

function folderPattern(name) {
  if (name === "storage") return `${SERVER}/storage/[^/]+$`;
  if (name === "receiver") return "^packages/receiver/";
  return `${SERVER}/${name}/`;
}

function packageRule([name, allowed]) {
  return {
    name: `package-${name}`,
    comment: `packages/${name} may import: ${allowed.join(", ") || "no other package"}`,
    severity: "error",
    from: { path: `^packages/${name}/` },
    to: {
      path: "^packages/",
      pathNot: [name, ...allowed].map((folder) => `^packages/${folder}/`),
    },
  };
}

/** Other packages are entered by the doors of their package.json, never by a path into them. */
function doorRule(name) {
  const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8"));
  const doors = Object.values(manifest.exports ?? {}).filter((door) => typeof door === "string");
  return {
    name: `door-of-${name}`,
    comment: `packages/${name} is entered by its exports only`,
    severity: "error",
    from: { pathNot: `^packages/${name}/` },
    to: {
      path: `^packages/${name}/src/`,
      pathNot: doors.map((door) => `^packages/${name}/${escaped(door.slice(2))}$`),
    },
  };
}

function folderRule([name, allowed]) {
  const own = name === "storage" ? [] : [folderPattern(name)];
  return {
    name: `server-${name}`,
    comment: `server/src/${name} may import: ${allowed.join(", ") || "nothing of ours"}`,
    severity: "error",
    from: { path: folderPattern(name), pathNot: [UNIT_TEST, COMPOSITION] },
    to: {
      path: "^packages/(server|receiver)/src/",
      pathNot: [...own, ...[name, ...allowed].map(folderPattern)],
    },
  };
}

function backendRule(name) {
  const allowed = [`${SERVER}/storage/${name}/`, ...BACKEND_IMPORTS.map(folderPattern)];
  return {
    name: `backend-${name}`,
    comment: `storage/${name} may import: itself, ${BACKEND_IMPORTS.join(", ")}`,
    severity: "error",
    // A thread entry of a backend belongs to it; only the gateway's own entries build everything.
    from: { path: `${SERVER}/storage/${name}/`, pathNot: UNIT_TEST },
    to: { path: "^packages/(server|receiver)/src/", pathNot: allowed },
  };
}

/** A folder's index.ts is for those outside it; inside, files name one another. */
function indexRule(path) {
  const folder = path.slice(0, -"/index.ts".length);
  return {
    name: `index-of-${folder.replaceAll("/", "-")}`,
    comment: `${path} is imported from outside ${folder} only`,
    severity: "error",
    from: { path: `^${escaped(folder)}/`, pathNot: UNIT_TEST },
    to: { path: `^${escaped(path)}$` },
  };
}

function escaped(text) {
  return text.replaceAll(".", "\\.");
}

const existingPackages = Object.keys(PACKAGES).filter(
  (name) => globSync(`packages/${name}/package.json`).length > 0,
);

export default {
  forbidden: [
    ...Object.entries(PACKAGES).map(packageRule),
    ...existingPackages.map(doorRule),
    ...Object.entries(SERVER_FOLDERS).map(folderRule),
    ...BACKENDS.map(backendRule),
    ...globSync("packages/*/src/**/index.ts").toSorted().map(indexRule),
    {
      name: "concrete-backend",
      comment: "only the gateway imports a concrete backend",
      severity: "error",
      from: {
        path: "^packages/[^/]+/src/",
        pathNot: [COMPOSITION, UNIT_TEST, `${SERVER}/storage/(${BACKENDS.join("|")})/`],
      },
      to: { path: `${SERVER}/storage/(${BACKENDS.join("|")})/` },
    },
    {
      name: "api-knows-types-of-registry",
      comment: "the api uses the registry it is given; it may import its types only",
      severity: "error",
      from: { path: folderPattern("api"), pathNot: UNIT_TEST },
      to: { path: folderPattern("registry"), dependencyTypesNot: ["type-only"] },
    },
    {
      name: "listed-folder",
      comment: "a new folder of server/src needs an entry in .dependency-cruiser.mjs",
      severity: "error",
      from: {
        path: `${SERVER}/`,
        pathNot: [COMPOSITION, `${SERVER}/(${Object.keys(SERVER_FOLDERS).join("|")})/`],
      },
      to: {},
    },
    {
      name: "no-dependencies",
      comment: `${WITHOUT_DEPENDENCIES.join(" and ")} have no dependencies`,
      severity: "error",
      from: {
        path: `^packages/(${WITHOUT_DEPENDENCIES.join("|")})/src/`,
        pathNot: "\\.test(-d)?\\.ts$",
      },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg"] },
    },
    {
      name: "no-development-dependency",
      comment: "what ships must not need a devDependency",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "\\.(test|suite|test-d)\\.ts$" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "resolvable",
      comment: "an import that does not resolve cannot be judged",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-cycle",
      comment: "files that need each other to load are one file",
      severity: "error",
      from: {},
      to: {
        circular: true,
        viaOnly: { dependencyTypesNot: ["type-only", "dynamic-import"] },
      },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|results)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import"],
      // The last two for packages that are types and nothing else.
      mainFields: ["module", "main", "types", "typings"],
    },
    moduleSystems: ["es6"],
  },
};
