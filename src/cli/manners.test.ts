import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';
import { exitOf } from '../workspace/index.ts';
import { catalogue } from './catalogue.ts';
import { helpOf } from './help.ts';
import { findCommand } from './invocation.ts';

const root = join(import.meta.dirname, '../..');

function start(...args: string[]) {
  return spawn(process.execPath, [main, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ran(...args: string[]) {
  const child = start(...args);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const { code } = await exitOf(child);
  return { code, out, err };
}

test.each(Object.keys(catalogue))(
  '%s: every option is explained, and the summary fits a line',
  async (name) => {
    const { command } = await catalogue[name]!();
    expect(command.name).toBe(name);
    expect(Object.keys(command.help).sort()).toEqual(Object.keys(command.options).sort());
    expect(command.summary).toMatch(/^[a-z].{10,90}[^.]$/);
    expect(helpOf(command).split('\n')[2]).toMatch(new RegExp(`^Usage: lockstep ${name}( |$)`));
  },
);

test('the folder of -C is no command, wherever it stands', () => {
  const names = ['run', 'data pull'];
  expect(findCommand(['-C', 'run', 'run', 'toy'], names)).toEqual({
    name: 'run',
    rest: ['-C', 'run', 'toy'],
  });
  expect(findCommand(['data', '-C', 'x', 'pull'], names)).toEqual({ name: 'data pull', rest: ['-C', 'x'] });
  expect(findCommand(['help', 'run'], names)).toEqual({ name: 'run', rest: ['--help'] });
  expect(findCommand(['run', 'help'], names)).toEqual({ name: 'run', rest: ['help'] });
});

test('help, version and nothing at all', async () => {
  const [help, word, version, nothing] = await Promise.all([
    ran('--help'),
    ran('help'),
    ran('--version'),
    ran(),
  ]);
  expect(help.code).toBe(0);
  expect(word).toEqual(help);
  expect(version).toEqual({ code: 0, out: expect.stringMatching(/^lockstep \d+\.\d+\.\d+\n$/), err: '' });
  expect(nothing).toEqual({ ...help, code: 2 });
});

test('who stops reading is no error', async () => {
  const child = start('--help');
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdout.destroy();
  expect({ ...(await exitOf(child)), err }).toEqual({ code: 0, signal: null, err: '' });
});
