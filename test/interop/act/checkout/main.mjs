// Brings one commit of the repository, with all history, branches and tags, into the workspace.
import { execFileSync } from 'node:child_process';

const { env } = process;
if (env['INPUT_PERSIST-CREDENTIALS'] !== 'false') throw new Error('credentials would stay behind');
const git = (...args) =>
  execFileSync('git', ['-c', 'safe.directory=*', ...args], {
    cwd: env.GITHUB_WORKSPACE,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const credentials = Buffer.from(`x-access-token:${env.INPUT_TOKEN}`).toString('base64');
const wanted = env.INPUT_REF || env.GITHUB_SHA;
const isCommit = /^[0-9a-f]{40}$/.test(wanted);

git('init', '--quiet');
git('remote', 'add', 'origin', `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`);
const all = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
git(
  ...['-c', `http.extraheader=AUTHORIZATION: basic ${credentials}`],
  ...['fetch', '--quiet', '--no-tags', 'origin', ...all, ...(isCommit ? [wanted] : [])],
);
git(
  'checkout',
  '--quiet',
  '--force',
  ...(isCommit ? ['--detach', wanted] : ['-B', wanted, `origin/${wanted}`]),
);
process.stdout.write(`at ${git('rev-parse', 'HEAD')}`);
