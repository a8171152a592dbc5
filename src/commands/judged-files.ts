import { join, relative } from 'node:path';
import { openStore } from '../data/index.ts';
import type { ReportInput, Training } from '../report/index.ts';
import { type Workspace, writeAtomic } from '../workspace/index.ts';
import type { Judgement } from './judgement.ts';

/** Absolute paths. */
export interface JudgedFiles {
  readonly folder: string;
  readonly report: string;
  readonly comment: string;
  readonly model: string | null;
  readonly predictions: string;
}

/** A judgement with its report and the files where both lie. */
export interface Judged {
  readonly judgement: Judgement;
  readonly report: ReportInput;
  readonly files: JudgedFiles;
  /** Why no verdict can pass, or null; only of what was handed over. */
  readonly doubt?: string | null;
  /** What it says of itself. */
  readonly claims?: { readonly quick: boolean; readonly trained: Training };
  /** True when nothing was trained, judged or written. */
  readonly cached: boolean;
  readonly seconds: number;
}

export async function writeJudged(
  workspace: Workspace,
  files: JudgedFiles,
  { objects, evaluation, comparison, verdicts }: Judgement,
  input: ReportInput,
): Promise<void> {
  const { renderComment, renderHtml } = await import('../report/index.ts');
  const store = openStore(workspace);
  if (files.model !== null) await store.materialize(objects.model!.digest, files.model);
  await store.materialize(objects.predictions.digest, files.predictions);
  if (objects.golden !== null) await store.materialize(objects.golden, join(files.folder, 'golden.json'));
  const json = (name: string, value: unknown) =>
    writeAtomic(join(files.folder, name), `${JSON.stringify(value, null, 2)}\n`);
  json('evaluation.json', evaluation);
  json('comparison.json', comparison);
  json('verdicts.json', verdicts);
  writeAtomic(files.comment, renderComment(input));
  writeAtomic(files.report, await renderHtml(input));
}

/** A path as `--json` gives it: relative to the repository root. */
export const fromRoot = (workspace: Workspace, path: string): string => relative(workspace.root, path);
