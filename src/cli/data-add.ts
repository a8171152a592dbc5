import { resolve } from 'node:path';
import { addData, lockName } from '../data/index.ts';
import { amount, LockstepError } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { environmentOption } from './option-values.ts';

export const command: Command = {
  name: 'data add',
  summary: 'lock a file or folder by its sha256 in data.lock',
  positionals: '<file-or-folder>',
  options: {
    as: { type: 'string' },
    for: { type: 'string' },
    push: { type: 'boolean' },
    force: { type: 'boolean' },
  },
  help: {
    as: 'path under data/ for a file that lies elsewhere (default: its own name)',
    for: 'lock it in data.<environment>.lock: what that environment trains on in its place (`lockstep retrain`)',
    push: 'send the bytes to the remote before data.lock names them',
    force: 'replace what lies at that path under data/',
  },
  async run({ workspace, cwd, positionals, values }) {
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) {
      throw new LockstepError('E_USAGE', {
        what: `${positionals.length} paths`,
        allowed: 'one file or folder',
        fix: 'lockstep data add <file-or-folder>',
      });
    }
    const as = values.as as string | undefined;
    const push = values.push === true;
    const environment = environmentOption(workspace, values);
    const options = { as, push, force: values.force === true, for: environment };
    const result = await addData(workspace, resolve(cwd, path), options);
    const { entry, before, copied } = result;
    const files = entry.files === undefined ? '' : `${amount(entry.files, 'count')} files, `;
    const verb = before?.digest === entry.digest ? 'unchanged' : before ? 'updated' : 'locked';
    return {
      json: result,
      text: [
        `${verb} data/${entry.key}${environment === undefined ? '' : ` for ${environment}`} (${files}${amount(entry.size, 'bytes')}) ${entry.digest}`,
        ...(copied ? [`copied to data/${entry.key}`] : []),
        `next: commit ${lockName(environment)}${push ? '' : `, and \`lockstep data push${environment === undefined ? '' : ` --for ${environment}`}\` so that others can pull it`}`,
      ].join('\n'),
    };
  },
};
