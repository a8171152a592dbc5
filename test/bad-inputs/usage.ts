import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BadInput } from './bad-input.ts';

const usageOf = (name: string, ...command: string[]): BadInput => ({ name, command, code: 'E_USAGE' });

/** Command lines that make no sense (exit 2), and sensible ones in the wrong place (exit 1). */
export const usage: readonly BadInput[] = [
  usageOf('a misspelt command', 'runn', 'toy'),
  usageOf('a command nobody is near', 'frobnicate'),
  usageOf('half a command', 'data'),
  usageOf('a misspelt second word', 'data', 'pul'),
  usageOf('help about nothing', 'help', 'trane'),
  usageOf('an option without a command', '--verbose'),
  usageOf('a misspelt option', 'run', 'toy', '--forse'),
  usageOf('an option without its value', 'run', 'toy', '--until'),
  usageOf('a value for an option without one', 'run', 'toy', '--force=yes'),
  usageOf('no model', 'run'),
  usageOf('a model too many', 'run', 'toy', 'draft'),
  usageOf('no environment', 'promote', 'churn', 'v1.0.0'),
  usageOf('seconds that are none', 'promote', 'churn', 'v1.0.0', '--to', 'dev', '--observe', 'soon'),
  usageOf('a bump of another kind', 'register', 'toy', '--bump', 'huge'),
  usageOf('a port that is none', 'serve', 'toy', '--port', '99999'),
  usageOf('no table', 'init', 'new', '--target', 'late'),
  usageOf('a task of another kind', 'init', 'new', '--data', 'x.csv', '--target', 'y', '--task', 'guess'),
  usageOf('rows that are no number', 'predict', '--to', 'http://x', '--data', 'x.csv', '--rows', '-3'),
  usageOf('no reason', 'hold', 'churn', 'v1.0.0'),
  usageOf('part of a commit', 'upgrade', '--commit', '0123abc'),
  usageOf('a version and a commit', 'upgrade', 'v1.0.0', '--commit', '0'.repeat(40)),
  {
    name: 'a folder that is no repository',
    given: ({ folder }) => mkdirSync(join(folder, 'elsewhere')),
    command: ['status', '-C', '../elsewhere'],
    code: 'E_WORKSPACE_MISSING',
  },
  {
    name: 'a folder that is not there',
    command: ['-C', '../nowhere', 'status'],
    code: 'E_WORKSPACE_MISSING',
  },
  {
    name: 'a file where a folder of ours belongs',
    given: (repository) => {
      repository.remove('.lockstep');
      repository.write('.lockstep', 'a note');
    },
    command: ['run', 'toy'],
    code: 'E_FILE_KIND',
  },
  { name: 'no model of that name', command: ['run', 'tony'], code: 'E_PIPELINE_MISSING' },
  { name: 'a model as a path', command: ['run', '../toy'], code: 'E_NAME' },
  { name: 'a model as a path, to plan', command: ['plan', '../../etc'], code: 'E_NAME' },
  { name: 'a model as a path, to monitor', command: ['monitor', '../toy'], code: 'E_NAME' },
  { name: 'a model as a path, to show', command: ['status', '../toy'], code: 'E_NAME' },
  {
    name: 'a stage that is not there',
    command: ['run', 'toy', '--until', 'trane'],
    code: 'E_PIPELINE_STAGE',
  },
  { name: 'a base nobody knows', command: ['run', 'toy', '--base', 'mian'], code: 'E_GIT' },
  { name: 'a base that is an option', command: ['run', 'toy', '--base=--all'], code: 'E_GIT' },
  { name: 'a model that never ran', command: ['serve', 'churn'], code: 'E_RUN_MISSING' },
  {
    name: 'no server at the address',
    command: ['predict', '--to', 'http://127.0.0.1:9', '--data', 'data/toy/rows.csv'],
    code: 'E_PREDICT',
  },
  {
    name: 'an address that is none',
    command: ['predict', '--to', 'localhost', '--data', 'data/toy/rows.csv'],
    code: 'E_PREDICT',
  },
  {
    name: 'a folder without a model',
    given: (repository) => repository.write('empty/readme.txt', 'nothing here'),
    command: ['serve', '--models', 'empty'],
    code: 'E_SERVE_START',
  },
  { name: 'an upgrade from nowhere', command: ['upgrade'], code: 'E_UPGRADE_SOURCE' },
  {
    name: 'an upgrade from what is no repository',
    command: ['upgrade', '--from', '../nowhere'],
    code: 'E_UPGRADE_SOURCE',
  },
  {
    name: 'an upgrade from a repository without a release',
    command: ['upgrade', '--from', '../origin.git'],
    code: 'E_UPGRADE_SOURCE',
  },
  { name: 'nothing answered yet', command: ['monitor', 'toy'], code: 'E_MONITOR_DATA' },
  {
    name: 'an image nobody built',
    command: ['image', 'inspect', 'localhost/toy:v9'],
    code: 'E_IMAGE_MISSING',
  },
];
