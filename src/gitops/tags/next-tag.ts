import { formatTag, localRefs, nextCounter } from '../../registry/index.ts';
import type { Workspace } from '../../workspace/index.ts';

/** The name of the model's next promotion tag, as far as this clone knows its tags. */
export async function nextTag(workspace: Workspace, model: string, environment: string): Promise<string> {
  const refs = await localRefs(workspace.root, [`refs/tags/${model}#*`]);
  const names = [...refs.keys()].map((ref) => ref.slice('refs/tags/'.length));
  return formatTag({
    event: 'assign',
    model,
    environment,
    counter: nextCounter(names, model),
  });
}
