import { judgeHandover } from '../../src/commands/judge.ts';
import type { Judged } from '../../src/commands/judged-files.ts';
import { runModel } from '../../src/commands/run.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { stageGroups } from '../kit/stage-groups.ts';

export interface Order {
  readonly model: string;
  readonly candidate: string | null;
  readonly base: string | null;
}

/** Judges what was handed over, or what the work tree makes, its log folded by stage. */
export async function evaluate(workspace: Workspace, { model, candidate, base }: Order): Promise<Judged> {
  const { report, end } = stageGroups(model);
  const options = { report, ...(base === null ? {} : { base }) };
  try {
    return candidate === null
      ? await runModel(workspace, model, options)
      : await judgeHandover(workspace, candidate, options);
  } finally {
    end();
  }
}
