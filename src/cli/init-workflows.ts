import { actionsPlace, planStarters, writeStarters } from '../commands/starters.ts';
import type { Workspace } from '../workspace/index.ts';

/** `lockstep init --workflows`. Errors: E_USAGE, E_CONFIG_VALUE, E_INSTALL. */
export async function initWorkflows(
  workspace: Workspace,
  { actions, force }: Readonly<Record<string, unknown>>,
) {
  const place = await actionsPlace(typeof actions === 'string' ? actions : undefined);
  const files = planStarters(workspace, place);
  const written = writeStarters(workspace, files, { force: force === true });
  const from = `${place.repository}@${place.version ?? place.commit.slice(0, 12)}`;
  return {
    json: { actions: place, files: files.map(({ path }) => path), written },
    text:
      written.length === 0
        ? `${files.length} workflows are there already, with the actions of ${from}`
        : [
            `${written.length} workflows with the actions of ${from}`,
            ...written.map((path) => `  ${path}`),
            '',
            'Next: commit them, then `lockstep doctor` says which settings of the repository they count on',
          ].join('\n'),
  };
}
