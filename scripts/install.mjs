// Installs what the lock file names, once. No dependency, plain JavaScript: this runs before anything else.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Makes `node_modules` hold what `package-lock.json` says; waits when another process is doing just that. */
export async function ensureInstalled(root) {
  refuseLink(root);
  if (isInstalled(root)) return remember(root);
  mkdirSync(join(root, '.lockstep'), { recursive: true });
  const release = await lock(join(root, '.lockstep', 'install.lock'));
  try {
    if (!isInstalled(root)) install(root);
    remember(root);
  } finally {
    release();
  }
}

/**
 * A `node_modules` that is a link is somebody's own, made here, and holds everything already; one that came with the tree
 * would choose which code runs. npm would empty the folder that a link names, whatever it is.
 */
function refuseLink(root) {
  const path = join(root, 'node_modules');
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const tracked =
    spawnSync('git', ['ls-files', '--error-unmatch', 'node_modules'], { cwd: root }).status === 0;
  if (!tracked && isInstalled(root)) return;
  const why = tracked ? 'comes with the repository' : 'does not hold what package-lock.json names';
  process.stderr.write(
    `E_INSTALL: ${path} is a link that ${why} — a folder of its own, or a link of yours to a whole one. ` +
      'Fix: remove the link, then run the command again.\n',
  );
  process.exit(1);
}

/** Leaves a copy of the lock that `node_modules` agrees with: `./lockstep` compares the two and saves a look inside. */
function remember(root) {
  const [lock, copy] = [join(root, 'package-lock.json'), join(root, 'node_modules', '.lockstep-lock.json')];
  try {
    if (!existsSync(copy) || !readFileSync(copy).equals(readFileSync(lock))) copyFileSync(lock, copy);
  } catch {
    // A read-only node_modules works as well, a little slower.
  }
}

function install(root) {
  process.stderr.write('Installing what package-lock.json names (npm ci)…\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, stdout, stderr, error } = spawnSync(
    npm,
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      maxBuffer: 64 << 20,
    },
  );
  if (status === 0) return;
  // npm adds its whole manual page to some errors: the first lines say what is wrong.
  const words = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n');
  process.stderr.write(`${words.slice(0, 15).join('\n')}${words.length > 15 ? '\n…' : ''}\n`);
  process.stderr.write(
    `E_INSTALL: npm ci ${error ? `could not start (${error.message})` : `ended with ${status}`} in ${root} — ` +
      "it needs npm and its registry. Fix: read npm's words above, then run the command again.\n",
  );
  process.exit(1);
}

/** True when npm's own record of `node_modules` has every package of the lock that this platform needs. */
function isInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link || entry.optional || entry.devOptional || entry.peer) return true;
    return present[path]?.version === entry.version && present[path]?.integrity === entry.integrity;
  });
}

async function lock(file) {
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isAlive(file)) rmSync(file, { force: true });
      else await sleep(200);
    }
  }
}

function isAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
