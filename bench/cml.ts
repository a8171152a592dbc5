import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flights } from './flights.ts';
import { secondsBeside } from './measure.ts';
import type { Steps } from './our-steps.ts';

/*
 * CML itself can't be measured: npm answers 404 to `@dvcorg/cml`. These are the `dependencies` of its last
 * package.json (0.20.0, https://github.com/iterative/cml), so that installing them, and loading and using those of
 * them that `cml comment` does, takes less than CML took.
 */
const dependencies = {
  '@actions/core': '^1.9.1',
  '@actions/github': '^4.0.0',
  '@npcz/magic': '^1.3.12',
  '@octokit/core': '^3.5.1',
  '@octokit/graphql': '^4.8.0',
  '@octokit/plugin-throttling': '^3.5.2',
  '@octokit/rest': '18.0.0',
  appdirs: '^1.1.0',
  chokidar: '^3.5.3',
  colors: '1.4.0',
  'exponential-backoff': '^3.1.0',
  'form-data': '^3.0.1',
  'fs-extra': '^9.1.0',
  getos: '^3.2.1',
  'git-url-parse': '^13.1.0',
  globby: '^11.0.4',
  'https-proxy-agent': '^5.0.1',
  'is-docker': '2.2.1',
  'js-base64': '^3.7.2',
  'kebabcase-keys': '^1.0.0',
  'node-fetch': '^2.6.11',
  'node-ssh': '^12.0.0',
  'os-name': '^5.0.1',
  'proxy-agent': '^5.0.0',
  pseudoexec: '^0.2.0',
  remark: '^13.0.0',
  semver: '^7.5.4',
  'simple-git': '^3.16.0',
  'strip-ansi': '^6.0.1',
  'strip-url-auth': '^1.0.1',
  tar: '^6.1.15',
  tempy: '^0.6.0',
  timestring: '^6.0.0',
  'unist-util-visit': '^2.0.3',
  uuid: '^8.3.2',
  which: '^2.0.2',
  winston: '^3.10.0',
  yargs: '^17.7.2',
};

/** Installs them twice: with nothing cached, and with npm's cache full. */
export async function cmlSteps(flights: Flights, install: boolean): Promise<Steps> {
  const root = join(flights.forge.folder, 'cml');
  const cache = join(flights.forge.folder, 'cml-cache');
  const env = { ...flights.machine, HOME: root };
  const steps: Steps = {};
  if (install) rmSync(cache, { recursive: true, force: true });
  const once = existsSync(join(root, 'node_modules')) ? [] : ['once'];
  for (const way of install ? ['cold', 'warm'] : once) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ name: 'cml-parts', private: true, dependencies }),
    );
    const npm = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--cache',
      cache,
    ];
    const seconds = await secondsBeside(['npm', ...npm], { cwd: root, env });
    if (install) steps[`npm install of CML's parts, ${way}`] = seconds;
  }
  writeFileSync(join(root, 'comment.cjs'), comment);
  const asked = { ...env, API: flights.forge.github.url, BODY: 'report\n'.repeat(200) };
  steps["CML's parts, a comment"] = await secondsBeside([process.execPath, 'comment.cjs'], {
    cwd: root,
    env: asked,
  });
  return steps;
}

/** Loads what `cml comment update` loads, lists the comments as it does, and writes one. */
const comment = `
for (const name of ['yargs', 'winston', 'which', 'pseudoexec', 'kebabcase-keys', 'git-url-parse', 'strip-url-auth',
  'globby', 'simple-git', 'chokidar', 'remark', 'unist-util-visit', 'node-fetch', 'node-ssh', 'strip-ansi', 'uuid',
  'getos', '@npcz/magic', 'tempy', 'appdirs', 'is-docker', '@actions/github', '@octokit/graphql', 'tar', 'proxy-agent'])
  require(name);
const { Octokit } = require('@octokit/rest');
const { throttling } = require('@octokit/plugin-throttling');
const wait = () => true;
const octokit = new (Octokit.plugin(throttling))({
  auth: 'token',
  baseUrl: process.env.API,
  throttle: { onRateLimit: wait, onSecondaryRateLimit: wait, onAbuseLimit: wait },
});
(async () => {
  const where = { owner: 'acme', repo: 'models', issue_number: 7 };
  await octokit.issues.listComments(where);
  await octokit.issues.createComment({ ...where, body: process.env.BODY });
})();
`;
