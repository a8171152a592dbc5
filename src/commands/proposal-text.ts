import {
  currentTrust,
  folderOf,
  type Proposal,
  parseMessage,
  printTrailers,
  readFolder,
  tipAt,
  verifyFolder,
} from '../gitops/index.ts';
import { renderProposal } from '../report/index.ts';
import { git, LockstepError, type Workspace } from '../workspace/index.ts';

export interface ProposalLinks {
  readonly run: string | null;
  /** Address of the repository, `https://github.com/acme/models`. */
  readonly repository: string | null;
}

/**
 * Title and text of a promotion's pull request, from the commit itself: it says no more than what that proves.
 * Errors: what is wrong with the folder there.
 */
export async function proposalText(
  workspace: Workspace,
  { commit, base, target }: Pick<Proposal, 'commit' | 'base' | 'target'>,
  { model, environment }: { readonly model: string; readonly environment: string },
  links: ProposalLinks,
): Promise<{ title: string; body: string }> {
  const { root } = workspace;
  const message = await git(['log', '-1', '--format=%B', commit], { cwd: root });
  const event = parseMessage(message);
  const files = await readFolder(workspace, await tipAt(workspace, commit, 'origin'), model, environment);
  const verdict = files && verifyFolder({ model, environment, files, trust: await currentTrust(workspace) });
  if (verdict?.kind === 'refused') throw verdict.findings[0]!;
  if (!verdict || event === null) throw unproven(commit, model, environment);
  const { record, promotion } = verdict.release;
  const changed = await git(['diff', '--name-only', '-z', base, commit, '--', 'models'], { cwd: root });
  const from = event.from ?? null;
  const code =
    links.repository !== null && from?.startsWith('v')
      ? `${links.repository}/compare/${encodeURIComponent(`${model}@${from}`)}...${encodeURIComponent(`${model}@${record.version}`)}`
      : null;
  return {
    title: message.split('\n')[0]!,
    body: renderProposal({
      record,
      promotion,
      from,
      files: changed.split('\0').filter(Boolean),
      target,
      links: { run: links.run, code },
      trailers: printTrailers(event),
    }),
  };
}

const unproven = (commit: string, model: string, environment: string): LockstepError =>
  new LockstepError('E_VERDICT_MISSING', {
    what: `commit ${commit.slice(0, 12)} proposes nothing that is proven`,
    where: { file: folderOf(model, environment) },
    allowed: 'a promotion as `lockstep promote` writes it',
  });
