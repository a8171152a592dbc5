import { readAction } from './action-file.ts';
import { expressionsIn, jobsOf, ownAction, stepsOf, type Workflow } from './workflow-file.ts';

/** What must hold for our workflows, beyond what GitHub's parser and actionlint see: places where it does not. */
export type Rule = (workflows: readonly Workflow[], root: string) => string[];

const where = <T extends { where: string }>(found: readonly T[], wrong: (item: T) => boolean): string[] =>
  found.filter(wrong).map((item) => item.where);

const isOpen = ({ on }: Workflow): boolean => Object.hasOwn(on, 'pull_request');
const checkouts = (workflows: readonly Workflow[]) =>
  stepsOf(workflows).filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
/** Grants as they are written, with the reason behind each. */
const grants = ({ text }: Workflow): string[] =>
  text.split('\n').filter((line) => /^ {6}[a-z-]+: (read|write|none)\b/.test(line));
const withoutSteps = ({ text: _, jobs, ...rest }: Workflow) => ({
  ...rest,
  jobs: Object.values(jobs).map(({ steps: __, ...job }) => job),
});

/** Jobs that may hold the key that signs: those that write environments, or keep a run for one that does. */
const signing = [
  'lockstep-train-pr/keep',
  'lockstep-main/release',
  'lockstep-promote/promote',
  'lockstep-train-in/register',
  'lockstep-observe/observe',
];
/** Jobs that may write, or ask of, the repository that holds the environments, where that is another one. */
const placing = [
  'lockstep-main/release',
  'lockstep-promote/plan',
  'lockstep-promote/promote',
  'lockstep-train-in/register',
  'lockstep-observe/observe',
];
/** Jobs that may see what a source wants to know; nothing is signed, and nothing can be written, there. */
const sourcing = ['lockstep-refresh/fetch'];
/** Workflows of which a newer run makes an older one pointless. */
const cancelling = ['lockstep-ci', 'lockstep-pull-request'];
/** Groups in which nothing waits: GitHub drops all that wait but the newest. */
const ownGroups: Readonly<Record<string, string>> = {
  'lockstep-main': 'github.sha',
  'lockstep-promote': 'github.run_id',
  'lockstep-report': 'github.event.workflow_run.id',
  'lockstep-train-pr': 'github.run_id',
  'lockstep-train-in': 'github.run_id',
};

export const rules: Readonly<Record<string, Rule>> = {
  'may do nothing at the top': (all) =>
    all.filter(({ permissions }) => JSON.stringify(permissions) !== '{}').map(({ name }) => name),
  'says why for every permission': (all) =>
    all.flatMap((workflow) => grants(workflow).filter((line) => !/ # \w/.test(line))),
  'lets every job end': (all) => where(jobsOf(all), ({ job }) => !((job['timeout-minutes'] ?? 0) > 0)),
  'cancels only what is pointless': (all) =>
    all
      .filter(({ concurrency, name }) => {
        const cancels = concurrency?.['cancel-in-progress'];
        return concurrency === undefined || (cancels !== false && !cancelling.includes(name));
      })
      .map(({ name }) => name),
  'lets nothing wait that must not be dropped': (all) =>
    all.flatMap(({ name, concurrency }) => {
      const own = ownGroups[name];
      return own === undefined || concurrency?.group === `${name}-\${{ ${own} }}` ? [] : [name];
    }),
  'takes one action from outside, by commit': (all) => [
    ...where(stepsOf(all), ({ step }) => {
      const outside = step.uses !== undefined && ownAction(step) === null;
      return outside && !/^actions\/checkout@[0-9a-f]{40}$/.test(step.uses!);
    }),
    ...all.flatMap(({ text }) =>
      text.split('\n').filter((line) => /\buses: actions\//.test(line) && !/ # v\d+\.\d+\.\d+$/.test(line)),
    ),
  ],
  'leaves no credentials behind': (all) =>
    where(checkouts(all), ({ step }) => step.with?.['persist-credentials'] !== false),
  'has the history that a base is found in': (all) =>
    where(checkouts(all), ({ step }) => step.with?.['fetch-depth'] !== 0),
  'makes no expression part of a script': (all) =>
    where(stepsOf(all), ({ step }) => expressionsIn([step.run, step.shell]).length > 0),
  'never runs with our rights for a stranger': (all) =>
    all.filter(({ on }) => Object.hasOwn(on, 'pull_request_target')).map(({ name }) => name),
  'gives a pull request only reading': (all) =>
    where(jobsOf(all.filter(isOpen)), ({ job }) => JSON.stringify(job.permissions) !== '{"contents":"read"}'),
  'gives a pull request no secret': (all) =>
    where(jobsOf(all.filter(isOpen)), ({ job }) =>
      expressionsIn(job).some((text) => /\b(secrets|vars)\b|github\.token/.test(text)),
    ),
  'gives a pull request no machine of ours': (all) =>
    where(jobsOf(all.filter(isOpen)), ({ job }) => {
      const { matrix } = job.strategy ?? { matrix: {} };
      const named = expressionsIn([job['runs-on']]).join() === ' matrix.runs-on ';
      const labels = named ? (matrix as { 'runs-on'?: string[] })['runs-on'] : job['runs-on'];
      return ![labels].flat().every((label) => /^ubuntu-[a-z0-9.-]+$/.test(String(label)));
    }),
  'checks out nothing of the run it follows': (all) =>
    where(
      checkouts(all.filter(({ on }) => Object.hasOwn(on, 'workflow_run'))),
      ({ step }) => expressionsIn(step).join() !== ' github.event.repository.default_branch ',
    ),
  'shows the signing key to those who sign': (all) => [
    ...where(stepsOf(all), ({ step, workflow, id }) => {
      const job = `${workflow.name}/${id}`;
      const seen = expressionsIn(step).flatMap((text) => text.match(/\bsecrets\b[^\s)]*/g) ?? []);
      return seen.some(
        (secret) =>
          !(secret === 'secrets.LOCKSTEP_SIGNING_KEY' && signing.includes(job)) &&
          !(secret === 'secrets.LOCKSTEP_ENVIRONMENTS_TOKEN' && placing.includes(job)) &&
          !(secret === 'secrets.LOCKSTEP_SOURCES' && sourcing.includes(job)),
      );
    }),
    ...all
      .filter((workflow) => expressionsIn(withoutSteps(workflow)).some((text) => text.includes('secrets')))
      .map(({ name }) => name),
  ],
  'trains where nothing can be written': (all) =>
    where(stepsOf(all), ({ step, job }) => {
      const trains =
        step.uses === './actions/train' ||
        (step.uses === './actions/refresh' && step.with?.mode !== 'propose');
      return trains && Object.values(job.permissions ?? { all: 'write' }).includes('write');
    }),
  'scores with an empty environment': (all) =>
    where(stepsOf(all), ({ step, job }) => {
      if (!step.run?.includes('judge --all')) return false;
      const bare = /^env -i PATH="\$PATH" /.test(step.run) && step.run.includes('--isolated');
      const told = expressionsIn(step.env).some((text) => /token|secrets/i.test(text));
      return !bare || told || Object.values(job.permissions ?? { all: 'write' }).includes('write');
    }),
  'gives actions what they take, and all they need': (all, root) =>
    stepsOf(all).flatMap(({ step, where: place }) => {
      const name = ownAction(step);
      if (name === null) return [];
      const inputs = readAction(root, name)?.inputs;
      if (inputs === undefined) return [`${place}: no such action`];
      const given = Object.keys(step.with ?? {});
      const needed = Object.keys(inputs).filter(
        (input) => inputs[input]!.required === true && inputs[input]!.default === undefined,
      );
      const unknown = given.filter((input) => !Object.hasOwn(inputs, input));
      return [...unknown, ...needed.filter((input) => !given.includes(input))].map(
        (input) => `${place}: ${input}`,
      );
    }),
  'takes from steps and jobs what they give': (all, root) =>
    jobsOf(all).flatMap(({ job, workflow, where: place }) =>
      expressionsIn(job).flatMap((text) => [
        ...[...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([found, id, output]) => {
          const step = job.steps.find((candidate) => candidate.id === id);
          const name = step ? ownAction(step) : null;
          return name !== null && Object.hasOwn(readAction(root, name)?.outputs ?? {}, output!)
            ? []
            : [`${place}: ${found}`];
        }),
        ...[...text.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([found, id, output]) =>
          [job.needs].flat().includes(id) && Object.hasOwn(workflow.jobs[id!]?.outputs ?? {}, output!)
            ? []
            : [`${place}: ${found}`],
        ),
      ]),
    ),
  'leaves promoting to environments, deploying to Lockstep': (all) =>
    where(jobsOf(all), ({ job, workflow }) => {
      const promotes =
        workflow.name === 'lockstep-promote' && Object.values(job.permissions ?? {}).includes('write');
      return (
        promotes &&
        (job.environment?.deployment !== false ||
          !expressionsIn(job.environment).includes(' matrix.environment '))
      );
    }),
};
