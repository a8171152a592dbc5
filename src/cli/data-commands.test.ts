import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';

function repository(): {
  root: string;
  lockstep: (...args: string[]) => { status: number | null; out: string };
} {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-cli-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'pipelines'));
  const lockstep = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return { status, out: (stdout + stderr).replaceAll(root, '<root>') };
  };
  return { root, lockstep };
}

test('a table is added, pushed, lost, pulled and verified', () => {
  const { root, lockstep } = repository();
  writeFileSync(join(root, 'table.csv'), 'a,b\n1,2\n');
  const done = [lockstep('data', 'add', 'table.csv', '--as', 'churn/table.csv'), lockstep('data', 'push')];
  rmSync(join(root, 'data'), { recursive: true });
  rmSync(join(root, '.lockstep'), { recursive: true });
  done.push(
    lockstep('data', 'status'),
    lockstep('data', 'pull'),
    lockstep('data', 'status', '--check'),
    lockstep('data', 'verify', '--remote'),
  );
  expect(done.map(({ status, out }) => `${status} ${out}`).join('')).toMatchInlineSnapshot(`
    "0 locked data/churn/table.csv (8 B) sha256:492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470
    copied to data/churn/table.csv
    next: commit data.lock, and \`lockstep data push\` so that others can pull it
    0 1 object (8 B) pushed to file:.data, 0 already there
    0 0 of 1 datasets are as locked
      missing     data/churn/table.csv
    0 1 placed, 0 already there; 1 object fetched (8 B), all verified
    0 1 of 1 datasets are as locked
    0 1 datasets verified
      churn/table.csv: data/ same, store same, remote same
    "
  `);
});

test('status exits 0 whatever is missing or changed, 1 on a bad lock and with --check', () => {
  const { root, lockstep } = repository();
  writeFileSync(join(root, 'table.csv'), 'a,b\n1,2\n');
  lockstep('data', 'add', 'table.csv');
  writeFileSync(join(root, 'data/table.csv'), 'changed');
  writeFileSync(join(root, 'data/new.csv'), 'new');
  const changed = lockstep('data', 'status');
  const checked = lockstep('data', 'status', '--check');
  writeFileSync(join(root, 'data.lock'), 'version: 1\n');
  const bad = lockstep('data', 'status', '--json');
  expect(
    [changed, checked, bad].map(({ status, out }) => `${status} ${out}`).join(''),
  ).toMatchInlineSnapshot(`
    "0 0 of 1 datasets are as locked
      changed     data/table.csv (7 bytes, sha256:d67e2e944994496c8d8ec76eed0cf9f09679448d584b532bebf941852a37f5ed)
      not locked  data/new.csv
    1 E_DATA_CHANGED: 1 of 1 datasets are not as data.lock says: "table.csv" is changed — every dataset under data/ as locked. Fix: \`lockstep data add\` keeps the changes, \`lockstep data pull --force\` drops them.
    1 {"error":{"code":"E_LOCK_NONCANONICAL","message":"E_LOCK_NONCANONICAL: no line in data.lock:2:1 — \\"datasets:\\" or \\"datasets: {}\\". Fix: let \`lockstep data add\` write data.lock, or restore it from Git.","file":"data.lock","line":2,"fix":"let \`lockstep data add\` write data.lock, or restore it from Git"}}
    E_LOCK_NONCANONICAL: no line in data.lock:2:1 — "datasets:" or "datasets: {}". Fix: let \`lockstep data add\` write data.lock, or restore it from Git.
    "
  `);
});
