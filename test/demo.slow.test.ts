import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import schema from '../docs/schemas/summary.json' with { type: 'json' };
import { checkSchema, parseJson } from '../src/workspace/index.ts';

/*
 * Runs `npm start -- --once --json` as a user would, and then asks the sandbox itself whether what the summary says is
 * true: with git, sha256 and a YAML parser, and none of the product's rooms.
 */
const root = dirname(import.meta.dirname);

interface Summary {
  readonly steps: readonly { readonly name: string; readonly ok: boolean; readonly seconds: number }[];
  readonly repository: string;
  readonly origin: string;
  readonly branch: string;
  readonly environments: Readonly<
    Record<
      string,
      {
        readonly version: string;
        readonly image: string;
        readonly url: string;
        readonly golden: { readonly asked: number; readonly equal: number };
      }
    >
  >;
  readonly refused: { readonly version: string | null; readonly reasons: readonly string[] };
  readonly rollback: { readonly from: string; readonly to: string; readonly commit: string };
  readonly report: string;
}

let summary: Summary;
let origin = '';
let repository = '';

beforeAll(async () => {
  const demo = spawn(process.execPath, ['scripts/run.mjs', 'start', '--once', '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, story] = ['', ''];
  demo.stdout.on('data', (chunk) => {
    output += chunk;
  });
  demo.stderr.on('data', (chunk) => {
    story += chunk;
  });
  const exit = await new Promise((done) => demo.once('close', done));
  expect(exit, story).toBe(0);
  summary = JSON.parse(output) as Summary;
  [origin, repository] = [resolve(root, summary.origin), resolve(root, summary.repository)];
}, 300_000);

const git = (...args: string[]): string => {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const { status, stdout, stderr } = spawnSync('git', ['-c', 'safe.directory=*', ...args], {
    cwd: origin,
    env,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  expect(status, `git ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
};

const folder = (environment: string) => `models/flight-delay/environments/${environment}`;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const blob = (digest: string) =>
  readFileSync(join(repository, '.lockstep/images/blobs/sha256', digest.replace('sha256:', '')));

interface Statement {
  readonly predicate: Readonly<Record<string, unknown>> & {
    readonly verdict?: string;
    readonly environment?: string;
    readonly version?: string;
  };
}

const statementOf = (envelope: { readonly payload: string }): Statement =>
  JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Statement;

test('all five steps did what they should, and the summary on disk is the one that was printed', () => {
  const onDisk = readFileSync(join(root, '.lockstep/demo/summary.json'));
  expect(checkSchema(parseJson(onDisk, 'summary.json'), schema)).toEqual(summary);
  expect(summary.steps.map(({ name, ok }) => ({ name, ok }))).toMatchInlineSnapshot(`
    [
      {
        "name": "v1.0.0 goes from data to production",
        "ok": true,
      },
      {
        "name": "A change that makes the model worse is refused",
        "ok": true,
      },
      {
        "name": "A change that makes it better goes all the way",
        "ok": true,
      },
      {
        "name": "A release that fails only in production is rolled back",
        "ok": true,
      },
      {
        "name": "The model meets the months after its training",
        "ok": true,
      },
    ]
  `);
});

test('the bare origin has three version tags, annotated, each on the commit its record names', () => {
  expect(git('rev-parse', '--is-bare-repository').trim()).toBe('true');
  const tags = git('for-each-ref', '--format=%(refname:short) %(objecttype)', 'refs/tags/flight-delay@*')
    .trim()
    .split('\n');
  expect(tags).toEqual(['v1.0.0', 'v1.1.0', 'v1.2.0'].map((version) => `flight-delay@${version} tag`));
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0']) {
    const message = git('for-each-ref', '--format=%(contents:body)', `refs/tags/flight-delay@${version}`);
    const { predicate } = statementOf(JSON.parse(message));
    expect(predicate.version).toBe(version);
    expect(predicate.commit).toBe(git('rev-parse', `flight-delay@${version}^{commit}`).trim());
  }
});

test('each environment folder names by digest the image that the summary names, with a passing verdict for it', () => {
  expect(Object.keys(summary.environments)).toEqual(['dev', 'staging', 'production']);
  for (const [environment, { version, image }] of Object.entries(summary.environments)) {
    const kustomization = parse(
      git('show', `${summary.branch}:${folder(environment)}/kustomization.yaml`),
    ) as { images: { newName: string; digest: string }[] };
    const [{ newName, digest }] = kustomization.images as [{ newName: string; digest: string }];
    expect(`${newName}@${digest}`).toBe(image);
    const release = JSON.parse(git('show', `${summary.branch}:${folder(environment)}/release.json`));
    const { predicate } = statementOf(release.promotion);
    expect(predicate).toMatchObject({ verdict: 'pass', environment, version, image });
  }
});

test('each image is in the layout, every byte of it under its own digest, and holds the registered model', () => {
  for (const { image, version } of Object.values(summary.environments)) {
    const digest = image.split('@')[1]!;
    const manifest = JSON.parse(blob(digest).toString());
    for (const { digest: part } of [{ digest }, manifest.config, ...manifest.layers])
      expect(`sha256:${sha256(blob(part))}`).toBe(part);
    const message = git('for-each-ref', '--format=%(contents:body)', `refs/tags/flight-delay@${version}`);
    const { predicate } = statementOf(JSON.parse(message));
    const { result } = {
      result: spawnSync('tar', ['-xzO', 'models/flight-delay/model.onnx'], {
        input: blob(manifest.layers.at(-1).digest),
        maxBuffer: 64 << 20,
      }),
    };
    expect(`sha256:${sha256(result.stdout)}`).toBe(predicate.modelDigest);
  }
});

test('every environment answered all its golden requests as offline', () => {
  for (const { golden } of Object.values(summary.environments))
    expect(golden).toEqual({ asked: 32, equal: 32 });
});

test('the gate refused the worse model with numbers, and nothing of it was registered', () => {
  expect(summary.refused.version).toBe('v1.0.1');
  expect(git('tag', '--list', 'flight-delay@v1.0.1')).toBe('');
  expect(summary.refused.reasons[0]).toMatch(/^roc_auc 0\.\d+ is 0\.\d+ below the baseline's 0\.\d+/);
});

test('production went to v1.2.0 and back in one commit, byte for byte, with a hold in the same commit', () => {
  const { commit, from, to } = summary.rollback;
  expect({ from, to }).toEqual({ from: 'v1.2.0', to: 'v1.1.0' });
  const history = git('log', '--format=%H', summary.branch, '--', folder('production')).trim().split('\n');
  expect(history[0]).toBe(commit);
  expect(history).toHaveLength(4); // v1.0.0, v1.1.0, v1.2.0, and back.
  expect(git('rev-parse', `${history[0]}:${folder('production')}`)).toBe(
    git('rev-parse', `${history[2]}:${folder('production')}`),
  );
  const touched = git('diff-tree', '--no-commit-id', '--name-only', '-r', commit).trim().split('\n');
  expect(touched.sort()).toEqual([
    `${folder('production')}/kustomization.yaml`,
    `${folder('production')}/release.json`,
    'models/flight-delay/holds.yaml',
  ]);
  expect(git('show', `${commit}:models/flight-delay/holds.yaml`)).toContain('v1.2.0');
  expect(summary.environments.production?.version).toBe('v1.1.0');
});

test('a promotion changes one line of the kustomization and release.json', () => {
  const history = git('log', '--format=%H', summary.branch, '--', folder('production')).trim().split('\n');
  const stat = git('show', '--numstat', '--format=', history[2]!).trim().split('\n');
  expect(stat.map((line) => line.split('\t')[2])).toEqual([
    `${folder('production')}/kustomization.yaml`,
    `${folder('production')}/release.json`,
  ]);
  expect(stat[0]).toMatch(/^1\t1\t/);
});

test('the branch of the environments holds nothing but environments, holds and the keys of those who signed', () => {
  const files = git('ls-tree', '-r', '--name-only', summary.branch).trim().split('\n');
  expect(
    files.filter(
      (file) =>
        file !== 'keys.yaml' &&
        !/^models\/flight-delay\/(environments\/(dev|staging|production)\/|holds\.yaml$)/.test(file),
    ),
  ).toEqual([]);
});

test('the report is one file that needs no network', () => {
  const html = readFileSync(resolve(root, summary.report), 'utf8');
  expect(html).toContain('flight-delay');
  expect(html.match(/(?:src|href)="https?:/g)).toBeNull();
});

test('nothing is left running, and the lock is gone', () => {
  expect(existsSync(join(root, '.lockstep/demo.lock'))).toBe(false);
  if (process.platform !== 'linux') return;
  const ours = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid, command: commandLine(pid) }))
    .filter(
      ({ command }) =>
        command.includes(join(repository, '.lockstep')) || command.includes(`${repository}/src`),
    );
  expect(ours).toEqual([]);
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
