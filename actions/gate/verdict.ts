import { join } from 'node:path';
import { judgedFileName } from '../../src/commands/judged-file.ts';
import { type ChangeInput, changeOutcome } from '../../src/report/index.ts';
import { LockstepError, readJson, resolveCommit, type Workspace } from '../../src/workspace/index.ts';

interface Given {
  readonly judged: string;
  readonly base: string | null;
  readonly head: string | null;
}

/** The two commits by id: as named, else as the folder says. Errors: E_GIT. */
export async function commitsOf(workspace: Workspace, { judged, base, head }: Given) {
  const file = readJson(join(judged, judgedFileName), judgedFileName).value as Partial<
    Record<'base' | 'head', unknown>
  >;
  const commit = async (name: 'base' | 'head', given: string | null): Promise<string> => {
    const revision = given ?? String(file?.[name]);
    const found = await resolveCommit(workspace.root, revision);
    if (found !== null) return found;
    throw new LockstepError('E_GIT', {
      what: `the checkout does not have the ${name} commit ${revision}`,
      fix: 'check out with `fetch-depth: 0`',
    });
  };
  return { base: await commit('base', base), head: await commit('head', head) };
}

/** `{model: {environment: verdict}}` */
export const verdictsOf = ({ models }: ChangeInput) =>
  Object.fromEntries(
    models.flatMap((part) =>
      part.kind === 'judged'
        ? [[part.model, Object.fromEntries(part.input.verdicts.map((one) => [one.environment, one.verdict]))]]
        : [],
    ),
  );

/** Errors: E_GATE_REFUSED. */
export function refuseOn(failOn: 'fail' | 'inconclusive' | 'never', change: ChangeInput): void {
  const { state, description } = changeOutcome(change);
  const refused = failOn !== 'never' && state === 'failure';
  const unsure = failOn === 'inconclusive' && (state === 'pending' || change.models.some(isUnsure));
  if (!refused && !unsure) return;
  throw new LockstepError('E_GATE_REFUSED', {
    what: description,
    allowed: failOn === 'fail' ? 'no verdict that fails' : 'verdicts that pass',
    fix: "look at the step's summary; what is wrong is marked in policy.yaml",
  });
}

/** Neither a pass nor a refusal. */
const isUnsure = (part: ChangeInput['models'][number]): boolean =>
  part.kind === 'judged'
    ? part.input.verdicts.some(({ verdict }) => verdict === 'inconclusive')
    : part.kind !== 'refused';
