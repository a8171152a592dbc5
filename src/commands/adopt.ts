import { keepStage, type RunRecord } from '../pipeline/index.ts';
import { LockstepError, resolveCommit, type Workspace } from '../workspace/index.ts';
import { readHandover } from './handover.ts';

/**
 * Takes what another job of the same trusted workflow trained into the run cache, so that a run here finds it. Only for
 * folders from a run of the default branch at this very commit, HEAD unless another is named: who may say that is the
 * caller's to know. Stages whose outputs were not handed over (tables, as a rule) run again; their bytes decide whether
 * the trained one is theirs.
 * Errors: those of `readHandover`; E_HANDOVER_RECORD for another commit or a quick run.
 */
export async function adoptCandidate(
  workspace: Workspace,
  folder: string,
  commit?: string,
): Promise<readonly string[]> {
  const { file, record, model, predictions } = await readHandover(workspace, folder);
  const head = commit ?? (await resolveCommit(workspace.root, 'HEAD'));
  if (file.head !== head || file.quick || record.dirty) {
    throw new LockstepError('E_HANDOVER_RECORD', {
      what: `a ${file.quick ? 'quick ' : ''}run at ${file.head ?? 'no commit'}${record.dirty ? ' with changes' : ''}`,
      where: { file: 'candidate.json' },
      allowed: `a whole run at ${head ?? 'HEAD'}`,
      fix: 'train this commit again',
    });
  }
  const there = new Set([model, predictions].flatMap((ref) => ref?.digest ?? []));
  return adoptable(record, there).map((stage) => {
    keepStage(workspace, stage);
    return stage.name;
  });
}

/** Stages whose outputs are all there. */
export const adoptable = ({ stages }: RunRecord, there: ReadonlySet<string>) =>
  stages.filter(({ outputs }) => Object.values(outputs).every(({ digest }) => there.has(digest)));
