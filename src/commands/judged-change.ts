import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../pipeline/index.ts';
import { loadKey } from '../registry/index.ts';
import {
  canonicalJson,
  findIsolation,
  isLockstepError,
  LockstepError,
  resolveCommit,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';
import { chooseBase } from './base.ts';
import type { ChangedModel } from './changed-models.ts';
import { changedModels } from './changed-models.ts';
import { judgeHandover } from './judge.ts';
import { judgedData } from './judged-data.ts';
import { type JudgedFile, type JudgedModel, judgedFileName } from './judged-file.ts';
import type { Judged } from './judged-files.ts';

export interface JudgeChangeOptions {
  /** Holds a folder for each model that was handed over. */
  readonly folder: string;
  readonly base: string;
  /** Commit of the change: its objects are read, nothing of it is checked out or run. */
  readonly head: string;
  /** Where the result is written; must not be there. */
  readonly out: string;
  /** Score as another user and without network, as far as this machine can. */
  readonly isolated?: boolean;
  readonly report?: Report;
}

/**
 * Judges all that a change touches, for the job that comments on it. Which models these are is found out here, from
 * Git: who hands over fewer has not changed fewer. What can't be judged is told as that, and nothing is believed.
 * Errors: E_GIT for a commit that is not here; E_FILE_KIND where `out` is taken; E_SIGNATURE for a signing key of our own
 * that is none.
 */
export async function judgeChange(workspace: Workspace, options: JudgeChangeOptions): Promise<JudgedFile> {
  const { out, isolated = false } = options;
  if (existsSync(out)) {
    throw new LockstepError('E_FILE_KIND', {
      what: `${out} is there already`,
      allowed: 'a free name',
      fix: 'name another folder with --out',
    });
  }
  // A key of ours that can't be read is nothing that the change could mend: it ends here, before anybody is refused.
  loadKey(workspace);
  const [base, head] = [await commitOf(workspace, options.base), await commitOf(workspace, options.head)];
  const isolation = isolated ? findIsolation() : undefined;
  const judging: Workspace = isolation === undefined ? workspace : { ...workspace, isolation };
  mkdirSync(out, { recursive: true });
  try {
    const models: JudgedModel[] = [];
    for (const changed of await changedModels(workspace, { base, head }))
      models.push(await judgeOne(judging, changed, { ...options, base, head }));
    const file: JudgedFile = {
      v: 1,
      base,
      head,
      judge: (await resolveCommit(workspace.root, 'HEAD')) ?? base,
      isolation: { user: isolation?.user ?? false, network: isolation?.network ?? false },
      models,
      data: await judgedData(workspace, { base, head }),
    };
    writeAtomic(join(out, judgedFileName), `${JSON.stringify(file, null, 2)}\n`);
    return file;
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    throw error;
  }
}

async function commitOf(workspace: Workspace, revision: string): Promise<string> {
  return (await chooseBase(workspace, revision))!;
}

async function judgeOne(
  workspace: Workspace,
  { model, why, known, gpu }: ChangedModel,
  { folder, base, head, out, report }: JudgeChangeOptions,
): Promise<JudgedModel> {
  const facts = {
    model,
    why: why.slice(0, 200).map((text) => text.slice(0, 1000)),
    known,
    gpu,
    quick: false,
  };
  const handed = join(folder, model);
  if (!known) return { ...facts, kind: 'new' };
  if (!existsSync(handed)) return { ...facts, kind: 'missing' };
  try {
    const options = { base, expected: { model, head }, ...(report ? { report } : {}) };
    const judged = await judgeHandover(workspace, handed, options);
    writeParts(join(out, model), judged);
    const { report: input, judgement, claims } = judged;
    return {
      ...facts,
      kind: 'judged',
      quick: claims?.quick === true,
      ...(claims ? { trained: claims.trained } : {}),
      doubt: judged.doubt ?? null,
      baseline: judgement.baselineName,
      tip: judgement.verdicts[0]?.binding.tip ?? null,
      notes: [...(input.notes ?? [])],
      stages: input.stages,
    };
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    rmSync(join(out, model), { recursive: true, force: true });
    return { ...facts, kind: 'refused', code: error.code, reason: error.message.slice(0, 4000) };
  }
}

function writeParts(folder: string, { judgement, report, files }: Judged): void {
  const json = (name: string, value: unknown) => writeAtomic(join(folder, name), canonicalJson(value));
  json('evaluation.json', judgement.evaluation);
  json('baseline.json', judgement.baseline);
  json('comparison.json', judgement.comparison);
  json('record.json', report.run);
  writeAtomic(join(folder, 'report.html'), readFileSync(files.report));
}
