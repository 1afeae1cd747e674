/**
 * Power loss (I1): the store's folder lies on an ext4 file system of its own, on a loop device. The
 * file system is shut down under the running process, as if the plug were pulled: what was not
 * synced is gone. After mounting again everything that was acknowledged must be there.
 *
 * Two flawed stores run through the same trial and must lose something; a trial that cannot tell
 * them from the sound one proves nothing.
 *
 * Needs root, losetup, mkfs.ext4 and xfs_io; the test set-up installs them.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Flaw, readSurvivors, startVictim } from "./victim.ts";

const IMAGE_MB = 256;
const SOUND_TRIALS = 5;
/** A flawed store may be lucky once. */
const FLAWED_TRIALS = 5;

type Disk = { readonly mount: string; cutPower(): void; restore(): void; dispose(): void };

const disks: Disk[] = [];

function createDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-power-"));
  const image = join(folder, "disk.img");
  const mount = join(folder, "mnt");
  mkdirSync(mount);
  run("truncate", "-s", `${IMAGE_MB}M`, image);
  run("mkfs.ext4", "-q", "-F", image);
  run("mount", "-o", "loop", image, mount);
  const disk: Disk = {
    mount,
    cutPower: () => run("xfs_io", "-x", "-c", "shutdown", mount),
    restore() {
      run("umount", mount);
      run("mount", "-o", "loop", image, mount);
    },
    dispose() {
      run("umount", mount);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  disks.push(disk);
  return disk;
}

function run(file: string, ...args: string[]): void {
  execFileSync(file, args, { stdio: ["ignore", "ignore", "pipe"] });
}

afterEach(() => {
  for (const disk of disks.splice(0)) disk.dispose();
});

/**
 * Cuts the power right after `count` acknowledgements; returns what was acknowledged and is gone.
 *
 * The process is frozen first, because a real cut stops it too. Left running, it may see an fsync that
 * was under way report success for a journal transaction that the shutdown has thrown away, and
 * acknowledge it (seen once: the 32 appends of one commit).
 */
async function trial(
  flaw: Flaw,
  count: number,
): Promise<{ acknowledged: number; lost: number; problems: number }> {
  const disk = createDisk();
  const dataDir = join(disk.mount, "data");
  const victim = startVictim(dataDir, flaw);
  await victim.until(count);
  victim.freeze();
  disk.cutPower();
  await victim.kill();
  disk.restore();
  const survivors = await readSurvivors(dataDir);
  const lost = [...victim.acknowledged].filter((name) => !survivors.names.has(name));
  return {
    acknowledged: victim.acknowledged.size,
    lost: lost.length,
    problems: survivors.problems.length,
  };
}

test("[I1] nothing acknowledged is lost when the power goes", async () => {
  for (let i = 0; i < SOUND_TRIALS; i++) {
    const result = await trial("sound", 200 + i * 700);
    expect(result.acknowledged).toBeGreaterThanOrEqual(200 + i * 700);
    expect(result).toMatchObject({ lost: 0, problems: 0 });
  }
}, 120_000);

for (const flaw of ["normal", "early"] as const) {
  test(`the trial notices a store with the flaw "${flaw}"`, async () => {
    let lost = 0;
    for (let i = 0; i < FLAWED_TRIALS && lost === 0; i++) lost += await lossOf(flaw);
    expect(lost).toBeGreaterThan(0);
  }, 120_000);
}

/** A flawed store may have lost so much that it cannot even be opened: everything is lost then. */
async function lossOf(flaw: Flaw): Promise<number> {
  try {
    return (await trial(flaw, 400)).lost;
  } catch (error) {
    if (error instanceof Error && "code" in error) return 400;
    throw error;
  }
}
