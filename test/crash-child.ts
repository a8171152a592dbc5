// Runs one promotion or rollback and kills itself before or after the named effect: what a crash at that moment leaves.
import { type Effects, promote, realEffects, rollback } from '../src/gitops/index.ts';
import { openWorkspace } from '../src/workspace/index.ts';

const [root, work, effect, when] = process.argv.slice(2) as [string, string, string, 'before' | 'after'];
const die = () => process.kill(process.pid, 'SIGKILL');
const effects: Effects = {
  ...realEffects,
  async perform(name, run) {
    if (name === effect && when === 'before') die();
    const result = await run();
    if (name === effect && when === 'after') die();
    return result;
  },
};
const workspace = openWorkspace(root);
await (work === 'promote'
  ? promote(workspace, { model: 'churn', version: 'v1.1.0', environment: 'dev' }, effects)
  : rollback(workspace, { model: 'churn', environment: 'dev', reason: 'it is worse', hold: true }, effects));
