import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Radosgw, startRadosgw } from '../../test/interop/tools/radosgw.ts';
import type { Report } from './report.ts';

/** What all parts of the table share. */
export interface World {
  /** An empty folder of this run; a part removes what it leaves there. */
  readonly folder: string;
  /** Turns of whatever has a goal. */
  readonly times: number;
  /** Of what the table says; 1 but for trials. */
  readonly scale: number;
  /** For every measured program. */
  readonly environment: NodeJS.ProcessEnv;
  readonly report: Report;
}

/** A part of the table: `--only <name>` runs it alone. */
export interface Part {
  readonly name: string;
  /** How many goals it judges. */
  readonly goals: number;
  readonly run: (world: World) => Promise<void>;
}

/** The part's own folder, gone afterwards. */
export async function inFolder(world: World, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(world.folder, 'part');
  mkdirSync(folder);
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** With a bucket `bench` on an empty S3 of its own, so that the memory of the last one is free again. */
export async function withBucket(
  world: World,
  folder: string,
  work: (s3: Radosgw, world: World) => Promise<void>,
): Promise<void> {
  const s3 = await startRadosgw(folder);
  try {
    await s3.makeBucket('bench');
    await work(s3, { ...world, environment: { ...world.environment, ...s3.environment } });
  } finally {
    await s3.stop();
  }
}

/** How many of `whole`, at the scale of this run. */
export const scaled = ({ scale }: World, whole: number): number => Math.max(10, Math.round(whole * scale));
