import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { description } from '../../fakes/github/description.ts';
import { extract, operations } from '../../fakes/github/extract.ts';
import type { Suite } from '../suite.ts';

/** The package holds all that GitHub and its Enterprise Servers ever described: 408 MB, so nobody has it by default. */
const described = '@octokit/openapi@23.0.2';

export const suite: Suite = {
  name: 'github-openapi',
  shows: "the GitHub of our tests is held to what GitHub's own description says",
  minutes: 3,
  needs: { npm: [described] },
  run: async ({ modules }) => {
    const whole = readFileSync(join(modules, '@octokit/openapi/generated/api.github.com.json'), 'utf8');
    assert.deepEqual(description, JSON.parse(JSON.stringify(extract(JSON.parse(whole)))));
    return `${operations.length} operations as in ${described}`;
  },
};
