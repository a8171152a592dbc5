import { starterPlace } from '../../github/index.ts';
import { isOwned, parseOwners } from './code-owners.ts';
import type { LocalFacts } from './facts.ts';
import { type Check, type Finding, holds, missing } from './finding.ts';

const check = (id: string, title: string): Check => ({ id, title, needs: '' });

/** What decides over models, and so needs an owner's eyes: paths that a CODEOWNERS file must name. */
export const guardedPaths: readonly string[] = [
  '/models/*/policy.yaml',
  '/models/*/deploy/',
  '/lockstep.yaml',
  '/.github/',
  '/actions/',
];

/** What the files of the checkout say, without asking anybody. */
export function localFindings(facts: LocalFacts): Finding[] {
  return [
    configurationFinding(facts),
    workflowsFinding(facts),
    targetFinding(facts),
    ownersFinding(facts),
    trustFinding(facts),
    baseFinding(facts),
    queueFinding(facts),
  ];
}

function configurationFinding({ configuration }: LocalFacts): Finding {
  const it = check('configuration', 'lockstep.yaml can be read');
  return configuration === null
    ? holds(it, 'it can')
    : missing(it, configuration, 'mend the line that it names');
}

function workflowsFinding({ workflows, outdated }: LocalFacts): Finding {
  const it = check('workflows', 'The workflows are those that Lockstep wrote');
  const ours = [...workflows.keys()].filter((path) => path.includes('/lockstep-'));
  if (ours.length === 0) return missing(it, 'there are none', 'lockstep init --workflows');
  const unfilled = ours.filter((path) =>
    workflows.get(path)!.includes(`${starterPlace.repository}/actions/`),
  );
  if (unfilled.length > 0)
    return missing(it, `${unfilled.join(', ')} name no place of the actions`, 'lockstep init --workflows');
  if (outdated === null) return holds(it, `${ours.length} are there; their sources are not`);
  return outdated.length === 0
    ? holds(it, `${ours.length} are as generated`)
    : missing(
        it,
        `not as generated: ${outdated.join(', ')}`,
        'edit workflows/ instead, then node scripts/run.mjs workflows',
      );
}

/** It gives a stranger's pull request the secrets of the repository. */
function targetFinding({ workflows }: LocalFacts): Finding {
  const it = check('pull-request-target', 'No workflow runs on pull_request_target');
  const using = [...workflows]
    .filter(([, text]) => /^\s*(-\s*)?['"]?pull_request_target\b/m.test(text.replace(/#.*$/gm, '')))
    .map(([path]) => path);
  return using.length === 0
    ? holds(it, 'none does')
    : missing(it, using.join(', '), 'use pull_request, and a workflow_run for what must write');
}

function ownersFinding({ codeOwners, workflows }: LocalFacts): Finding {
  const it = check('code-owners', 'What decides over models has owners');
  if (codeOwners === null)
    return missing(it, 'there is no CODEOWNERS', 'add .github/CODEOWNERS: docs/settings.md has the lines');
  const lines = parseOwners(codeOwners);
  // A repository that takes the actions from elsewhere has none to guard.
  const hasActions =
    workflows.size === 0 || [...workflows.values()].some((text) => text.includes(' ./actions/'));
  const guarded = guardedPaths.filter((path) => path !== '/actions/' || hasActions);
  const lacking = guarded.filter((path) => !isOwned(lines, path));
  return lacking.length === 0
    ? holds(it, `${guarded.length} paths have`)
    : missing(it, `nobody owns ${lacking.join(', ')}`, 'add them to .github/CODEOWNERS');
}

function trustFinding({ trust }: LocalFacts): Finding {
  const it = check('trust', 'A lasting key signs releases');
  if (trust === 'keys') return holds(it, 'lockstep.yaml lists whose signatures count');
  return trust === 'environments'
    ? missing(
        it,
        'whoever may push the branch environments is trusted',
        'docs/formats/keys.md: a secret LOCKSTEP_SIGNING_KEY, and its public half under trust: in lockstep.yaml',
      )
    : missing(
        it,
        'each machine trusts itself alone: what one runner signs, the next refuses',
        'add `trust: [{keys: environments, owner: …}]`, or a key, to lockstep.yaml',
      );
}

function baseFinding({ base }: LocalFacts): Finding {
  const it = check('base-pinned', "The image's base is named by digest");
  if (base === null)
    return missing(it, 'images have no base: no cluster can run them', 'lockstep image pin-base');
  return base.pinned
    ? holds(it, base.reference)
    : missing(it, `${base.reference} may be other bytes tomorrow`, 'lockstep image pin-base');
}

/** A merge queue waits for the status of its own commits. */
function queueFinding({ workflows, outdated }: LocalFacts): Finding {
  const it = check('merge-group', 'A merge queue gets its verdict');
  const text = [...workflows].find(([path]) => path.endsWith('/lockstep-pull-request.yml'))?.[1] ?? '';
  return /^\s*merge_group:/m.test(text)
    ? holds(it, 'the workflow runs for it')
    : missing(
        it,
        'no workflow runs on merge_group',
        outdated === null ? 'lockstep init --workflows' : 'node scripts/run.mjs workflows',
      );
}
