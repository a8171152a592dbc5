import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import schema from '../../../docs/schemas/data-lock.json' with { type: 'json' };
import { checkSchema, parseYaml } from '../../workspace/index.ts';
import { parseLock, printLock } from '../index.ts';
import { messageOf } from '../test-workspace.ts';

const example = (name: string) =>
  readFileSync(new URL(`../../../docs/schemas/examples/data-lock.${name}.lock`, import.meta.url), 'utf8');

test('the published schema and the parser agree on the examples', async () => {
  const good = example('good');
  expect(printLock(parseLock(good))).toBe(good);
  const read = checkSchema<{ datasets: object }>(parseYaml(good, 'good.lock'), schema);
  expect(Object.keys(read.datasets)).toEqual(parseLock(good).entries.map(({ key }) => key));
  expect(await messageOf(() => parseLock(example('bad')))).toMatchInlineSnapshot(
    `"E_DIGEST_FORMAT: the digest "sha256:60303AE22B998861BCE3B28F33EEC1BE758A213C86C93C076DBE9F558C11C752" in data.lock:3:33 — sha256: and 64 lower-case hex digits, in quotes. Fix: let \`lockstep data add\` write data.lock, or restore it from Git."`,
  );
  expect(
    await messageOf(() => checkSchema(parseYaml(example('bad'), 'bad.lock'), schema)),
  ).toMatchInlineSnapshot(
    `"E_DIGEST_FORMAT: datasets.churn/customers.csv.digest is the text "sha256:60303AE22B998861BCE3B28F33EEC1BE758A213C86C93C076DBE9F558C11C752" in bad.lock:3:25 — sha256: and 64 lower-case hex digits."`,
  );
});

test('the page shows the good example', () => {
  const page = readFileSync(new URL('../../../docs/formats/data-lock.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`yaml\n${example('good')}\`\`\``);
});
