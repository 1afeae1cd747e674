/**
 * The whole example, with everything it does said as it happens; stays up until Ctrl-C, or ends by
 * itself with `--once`:
 *
 *   npx node examples/github-deploy/start.ts
 */
import { once } from "node:events";
import { startWorld } from "./world.ts";

const world = await startWorld();
const { receiver, hooks } = world;
console.log(`gateway and dashboard  ${world.gatewayUrl}`);
console.log(`the site               ${receiver.url}  (nothing deployed yet)\n`);

await world.push("a-branch", "c0ffee0");
console.log("pushed a-branch: not main, no deploy");
for (const commit of ["c0ffee1", "c0ffee2", "c0ffee3", "c0ffee4", "c0ffee5"]) {
  await world.push("main", commit);
  console.log(`pushed main at ${commit}`);
}
console.log("quiet for three seconds …\n");
while (receiver.deploys.length < 1 || hooks.builds.length < 2) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (const { commit } of receiver.deploys) console.log(`the site was deployed at ${commit}`);
for (const vendor of hooks.builds) console.log(`${vendor} was told to build`);
console.log(`\n${await (await fetch(receiver.url)).text()}`);

if (!process.argv.includes("--once")) {
  console.log("Ctrl-C ends it.");
  await once(process, "SIGINT");
}
await world.close();
