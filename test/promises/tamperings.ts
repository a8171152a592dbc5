import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Changes } from './change-branch.ts';
import { canonical, type Envelope, sha256 } from './checker/envelope.ts';
import { altered, signed, statementIn, zeroDigest } from './forge.ts';

/** A branch with one lie on it. */
export interface Tampering {
  readonly name: string;
  readonly changes: Changes;
  /** Where the lie stands: path and line. */
  readonly at: string;
}

/** What was promoted, by path on the branch, and who signed it. */
export interface Promoted {
  readonly files: ReadonlyMap<string, string>;
  readonly key: KeyObject;
  /** A commit, for what names another repository. */
  readonly commit: string;
}

const production = 'models/churn/environments/production';
const dev = 'models/churn/environments/dev';
const lineOf = (text: string, words: string): number =>
  text.split('\n').findIndex((line) => line.includes(words)) + 1;

/** Thirty-odd ways to lie about what runs, each where it is to be found. */
export function tamperings({ files, key, commit }: Promoted): Tampering[] {
  const textOf = (name: string) => files.get(`${production}/${name}`)!;
  /** The lie is the line with these words in the changed file. */
  const edit = (name: string, file: string, change: (text: string) => string, words: string): Tampering => {
    const text = change(textOf(file));
    if (text === textOf(file)) throw new Error(`${name} changes nothing`);
    return {
      name,
      changes: { [`${production}/${file}`]: text },
      at: `${production}/${file}:${lineOf(text, words)}`,
    };
  };
  const kustomization = (name: string, change: (text: string) => string, words: string) =>
    edit(name, 'kustomization.yaml', change, words);
  const whole = (name: string, path: string, content: Changes[string], at = `${path}:1`): Tampering => ({
    name,
    changes: { [path]: content },
    at,
  });
  return [
    kustomization('another digest', (text) => text.replace(/sha256:..../, 'sha256:0000'), 'digest:'),
    kustomization('another repository', (text) => text.replace('localhost/', 'evil.example/'), 'evil'),
    kustomization('a tag for the digest', (text) => text.replace(/digest: .*/, 'newTag: v1'), 'newTag'),
    kustomization(
      'a tag beside the digest',
      (text) => text.replace(/( +)digest: .*/, '$&\n$1newTag: v9'),
      'newTag',
    ),
    kustomization('no image called model', (text) => text.replace('name: model', 'name: other'), 'images:'),
    kustomization(
      'two images called model',
      (text) => `${text}  - {name: model, newName: evil, digest: "${zeroDigest}"}\n`,
      'evil',
    ),
    kustomization(
      'a base elsewhere',
      (text) => text.replace('service.yaml', 'https://github.com/evil/base?ref=main'),
      'evil',
    ),
    kustomization(
      'a base by shorthand',
      (text) => text.replace('service.yaml', 'github.com/evil/base/overlay'),
      'evil',
    ),
    kustomization('a base outside', (text) => text.replace('service.yaml', '../dev'), '../dev'),
    kustomization('a chart', (text) => `${text}helmCharts:\n  - name: evil\n`, 'helmCharts'),
    kustomization('a plugin', (text) => `${text}transformers:\n  - service.yaml\n`, 'transformers'),
    kustomization(
      'a resource that is not there',
      (text) => text.replace('service.yaml', 'gone.yaml'),
      'gone',
    ),
    kustomization(
      'an inline patch',
      (text) => text.replace('path: patch.yaml', 'patch: "- {op: add, path: /a, value: 1}"'),
      'patch:',
    ),
    kustomization('an anchor', (text) => text.replace('kind: Kustomization', 'kind: &k Kustomization'), '&k'),
    kustomization('a prefix', (text) => `${text}namePrefix: x-\n`, 'namePrefix'),
    kustomization(
      'other replicas',
      (text) => text.replace('resources:', 'replicas: [{name: churn, count: 9}]\nresources:'),
      'replicas',
    ),
    edit(
      'an image in the patch',
      'patch.yaml',
      (text) => `${text}  template: {spec: {containers: [{name: model, image: "evil@${zeroDigest}"}]}}\n`,
      'evil',
    ),
    edit(
      'a path to an image',
      'patch.yaml',
      () => '- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: evil\n',
      'path:',
    ),
    edit(
      'fewer replicas in the patch',
      'patch.yaml',
      (text) => text.replace('replicas: 3', 'replicas: 0'),
      'replicas',
    ),
    edit(
      'a tag in a manifest',
      'deployment.yaml',
      (text) => text.replace('image: model', 'image: model:latest'),
      'latest',
    ),
    edit(
      'another image in a manifest',
      'deployment.yaml',
      (text) => text.replace('image: model', `image: evil@${zeroDigest}`),
      'evil',
    ),
    edit('another port', 'service.yaml', (text) => text.replace('8080', '8081'), '8081'),
    edit('one manifest more', 'service.yaml', (text) => `${text}---\nkind: Secret\n`, '---'),
    edit('evidence cut short', 'release.json', (text) => text.slice(0, -10), '"promotion"'),
    edit(
      'evidence with a key twice',
      'release.json',
      (text) => text.replace('"promotion":', '"record":'),
      'never',
    ),
    edit(
      'evidence and a note',
      'release.json',
      (text) => text.replace(/\n}\n$/, ',\n"note": 1\n}\n'),
      '"note"',
    ),
    whole('a link', `${production}/service.yaml`, { link: '/etc/passwd' }),
    whole('another repository in it', `${production}/sub`, { commit }),
    whole('a stray manifest', `${production}/extra.yaml`, 'a: 1\n'),
    whole('no evidence', `${production}/release.json`, null),
    whole('no kustomization', `${production}/kustomization.yaml`, null),
    whole('a manifest gone', `${production}/service.yaml`, null),
    whole('a file beside the models', 'README.md', '# hello\n'),
    whole(
      'a hold that says nothing',
      'models/churn/holds.yaml',
      'v: 1\nholds:\n  - {version: v1.0.0}\n',
      'models/churn/holds.yaml:3',
    ),
    ...evidence(files, key),
  ].map((one) =>
    one.name === 'evidence with a key twice' ? { ...one, at: `${production}/release.json:3` } : one,
  );
}

/** Evidence that fits itself and nothing else. */
function evidence(files: ReadonlyMap<string, string>, key: KeyObject): Tampering[] {
  const path = `${production}/release.json`;
  const { record, promotion } = JSON.parse(files.get(path)!) as { record: Envelope; promotion: Envelope };
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const release = (name: string, over: { record?: Envelope; promotion?: Envelope }): Tampering => {
    const now = { record, promotion, ...over };
    const text = `{\n"record": ${canonical(now.record)},\n"promotion": ${canonical(now.promotion)}\n}\n`;
    return { name, changes: { [path]: text }, at: `${path}:${over.record ? 2 : 3}` };
  };
  const [said, promoted] = [statementIn(record), statementIn(promotion)];
  const repromoted = (over: Record<string, unknown>) => ({ promotion: signed(altered(promoted, over), key) });
  const cut = (text: string) => `${text.slice(0, 40)}${text[40] === 'A' ? 'B' : 'A'}${text.slice(41)}`;
  const failed = { production: { verdict: 'fail', digest: zeroDigest, reasons: [], checks: [] } };
  const refused = signed(altered(said, { verdicts: failed }), key);
  return [
    release('a record changed under its signature', { record: { ...record, payload: cut(record.payload) } }),
    release('a promotion changed under its signature', {
      promotion: { ...promotion, payload: cut(promotion.payload) },
    }),
    release("a stranger's record", { record: signed(said, stranger) }),
    release("a stranger's promotion", { promotion: signed(promoted, stranger) }),
    release('a promotion of another record', repromoted({ record: zeroDigest })),
    release('a promotion of another version', repromoted({ version: 'v7.0.0' })),
    release('a promotion to staging', repromoted({ environment: 'staging' })),
    release('a promotion against it', repromoted({ verdict: 'fail' })),
    release('a record against it', {
      record: refused,
      ...repromoted({ record: sha256(canonical(refused)) }),
    }),
    {
      name: "another environment's folder",
      changes: Object.fromEntries(
        [...files]
          .filter(([name]) => name.startsWith(`${dev}/`))
          .map(([name, text]) => [name.replace(dev, production), text]),
      ),
      at: `${path}:3`,
    },
  ];
}
