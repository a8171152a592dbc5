import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../data/index.ts';
import { LockstepError, nearest, type Place } from '../workspace/index.ts';
import type { FileRef } from './run-record.ts';

export interface OutputsFound {
  readonly outputs: Readonly<Record<string, FileRef>>;
  /** What the stage wrote beside its declared outputs; not kept. */
  readonly undeclared: readonly string[];
}

/** Takes a stage's declared outputs into the store. Errors: E_TRAIN_NO_OUTPUT, E_TRAIN_OUTPUT_KIND, E_DISK_FULL. */
export async function collectOutputs(
  store: Store,
  stage: string,
  folder: string,
  declared: readonly string[],
  where: (output: string) => Place,
): Promise<OutputsFound> {
  const present = readdirSync(folder).sort();
  for (const name of declared) checkOutput(stage, join(folder, name), name, present, where(name));
  const outputs: Record<string, FileRef> = {};
  for (const name of [...declared].sort()) outputs[name] = await store.putFile(join(folder, name));
  return { outputs, undeclared: present.filter((name) => !declared.includes(name)) };
}

function checkOutput(
  stage: string,
  path: string,
  name: string,
  present: readonly string[],
  where: Place,
): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw noOutput(stage, name, present, where);
  const kind = unfitKind(stats);
  if (kind === null) return;
  throw new LockstepError('E_TRAIN_OUTPUT_KIND', {
    what: `stage ${stage} left ${kind} as its output "${name}"`,
    where,
    allowed: 'a plain file with content',
    fix: `write the bytes themselves to $LOCKSTEP_OUTPUTS/${name}`,
  });
}

function noOutput(stage: string, name: string, present: readonly string[], where: Place): LockstepError {
  const near = nearest(name, present);
  const there = present.length === 0 ? 'nothing' : present.slice(0, 10).join(', ');
  return new LockstepError('E_TRAIN_NO_OUTPUT', {
    what: `stage ${stage} ended well but wrote no "${name}"`,
    where,
    allowed: `every declared output in $LOCKSTEP_OUTPUTS, where it left ${there}`,
    fix: near ? `write ${name} instead of ${near}` : `write $LOCKSTEP_OUTPUTS/${name}`,
  });
}

const unfitKind = (stats: Stats): string | null =>
  stats.isSymbolicLink()
    ? 'a link'
    : stats.isDirectory()
      ? 'a folder'
      : !stats.isFile()
        ? 'something that is no file'
        : stats.size === 0
          ? 'an empty file'
          : null;
