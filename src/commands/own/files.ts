import { isExample, isProductOnly } from '../../upgrade/index.ts';

/** Whether a team's copy can do without a file: an example, or the product's own. */
export const isLeft = (path: string): boolean => isExample(path) || isProductOnly(path);

/** What the template's package scripts become; the others of ours are gone with what they ran. */
const scripts: Readonly<Record<string, string | null>> = {
  start: 'node scripts/run.mjs lockstep status',
  test: 'node scripts/run.mjs test:own',
  check: null,
  bench: null,
  'bench:data': null,
  'test:interop': null,
  'test:promises': null,
};

/** `package.json` with a team's scripts; one that the team wrote itself stays. */
export function ownManifest(text: string): string {
  const manifest = JSON.parse(text) as { scripts?: Record<string, string> };
  const kept = Object.entries(manifest.scripts ?? {}).flatMap(([name, line]) => {
    const next = line === `node scripts/run.mjs ${name}` ? scripts[name] : undefined;
    return next === null ? [] : [[name, next ?? line]];
  });
  return `${JSON.stringify({ ...manifest, scripts: Object.fromEntries(kept) }, null, 2)}\n`;
}

/** `README.md` of a repository that has no model yet. `name`: the repository's. */
export const ownReadme = (name: string): string => `# ${name}

Machine-learning models from a pull request to production, with Lockstep: one commit names code, data and model, and the same bytes go
the whole way.

## The first model
\`\`\`
./lockstep init churn --data customers.csv --target churned
./lockstep run churn
\`\`\`
The second command trains, judges and writes a report. Commit \`pipelines/\`, \`models/\`, \`data.lock\` and \`.data/\`, and open a pull
request: one comment says whether the model got better. A merge registers and deploys it to the first environment; a tag
\`churn#staging#2\` promotes it to the next.

\`./lockstep doctor\` lists the settings of the repository that this counts on ([settings](docs/settings.md)).

## The map
| where | what |
|---|---|
| \`pipelines/\` | how a model is made: stages, params, your code |
| \`models/\` | what a model is: inputs, policy, how it is deployed |
| \`data.lock\` · \`.data/\` | datasets by hash · the embedded remote (\`data/\` is where they appear) |
| \`lockstep.yaml\` | remote, registry, environments: [configuration](docs/formats/configuration.md) |
| [\`workflows/\`](workflows) · [\`actions/\`](actions) · [\`src/\`](src) | Lockstep itself: \`./lockstep upgrade\` brings a newer one ([how](docs/upgrade.md)) |

\`./lockstep --help\` lists the commands. \`npm test\` checks types, workflows and pipelines. [CONTRIBUTING.md](CONTRIBUTING.md) begins with
your first ten minutes.
`;

/** The part of \`CONTRIBUTING.md\` that is about models. */
export const ownContributing = `# Contributing

## Your first ten minutes
- [ ] Change code, params or data of a pipeline; \`./lockstep plan\` says what will run and why.
- [ ] \`./lockstep run <model>\` trains, judges against the model in production, and writes the report a pull request will get.
- [ ] Push and open a pull request: one comment says whether each model got better.

## Every change
- [ ] \`npm test\`: types, workflows, pipelines.
- [ ] New data: \`./lockstep data add\` and \`./lockstep data push\`, and commit \`data.lock\`.
- [ ] A check of \`models/<model>/policy.yaml\` changes in a pull request of its own: a change is judged by the policy before it.
- [ ] Workflows: edit \`workflows/\`, then \`npm run workflows\`.
`;
