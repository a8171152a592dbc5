import { resolve } from 'node:path';
import {
  canaryText,
  type PromotionPlan,
  type PromotionResult,
  previewPromotion,
  promote,
} from '../gitops/index.ts';
import { shown, type Workspace, writeAtomic } from '../workspace/index.ts';
import type { Command } from './command.ts';
import { secondsOption, textOption } from './option-values.ts';
import { describeProposal } from './proposal.ts';

export const command: Command = {
  name: 'promote',
  summary: 'move an environment to a version, if everything says it may run there',
  positionals: '<model> <version>',
  options: {
    to: { type: 'string' },
    observe: { type: 'string' },
    'dry-run': { type: 'boolean' },
    decide: { type: 'string' },
  },
  help: {
    to: 'the environment',
    observe: 'how many seconds to wait for it to answer with this version (default 60, 0 does not wait)',
    'dry-run': 'decide and say what would be written, write nothing',
    decide: 'write the signed decision to this file for `lockstep deploy`, instead of deploying',
  },
  async run({ workspace, cwd, positionals, values }) {
    const [model, version] = positionals as [string, string];
    const request = { model, version, environment: textOption(values, 'to', 'promote') };
    if (values['dry-run'] === true || typeof values.decide === 'string') {
      const { result, plan } = await previewPromotion(workspace, request);
      const file = typeof values.decide === 'string' ? resolve(cwd, values.decide) : null;
      if (file !== null && plan.kind === 'write') writeAtomic(file, plan.release);
      return { json: { ...result, files: filesOf(plan) }, text: describePlan(workspace, result, plan, file) };
    }
    const result = await promote(workspace, {
      ...request,
      observe: secondsOption(values, 'observe', 60, 'promote'),
    });
    return { json: result, text: await describeResult(workspace, result) };
  },
};

const filesOf = (plan: PromotionPlan) =>
  plan.kind === 'already'
    ? []
    : [...plan.change.files].map(([path, content]) => ({
        path,
        change: content === null ? 'remove' : 'write',
      }));

function describePlan(
  workspace: Workspace,
  { model, version, environment, from }: PromotionResult,
  plan: PromotionPlan,
  file: string | null,
): string {
  if (plan.kind === 'already') return `${environment} names ${model} ${version} already; nothing to write`;
  const lines = [
    `${model} ${version} may go to ${environment}${from ? `, where ${from} is` : ''}`,
    ...filesOf(plan).map(({ path, change }) => `  ${change}  ${path}`),
    `  tag    ${plan.tag} at ${plan.record.commit.slice(0, 12)}`,
  ];
  return [
    ...lines,
    file === null ? 'nothing was written' : `decision written to ${shown(workspace, file)}`,
  ].join('\n');
}

/** Also what `deploy` says at its end. */
export async function describeResult(workspace: Workspace, result: PromotionResult): Promise<string> {
  const { model, version, environment, from, image, tag, commit, outcome, observed, canary, proposal } =
    result;
  const where = `${model} ${version} in ${environment}`;
  const wrote = commit === null ? [] : [`  ${tag} in commit ${commit.slice(0, 12)}, image ${image}`];
  const seen = canary === null ? 'not observed' : 'its canary goes on by itself';
  const underWay = canary === null ? [] : [`  ${canaryText(canary)}`];
  if (proposal !== null) {
    const lines = await describeProposal(workspace, proposal);
    return [`${where}${from ? ` (where ${from} is)` : ''}: ${lines[0]}`, ...lines.slice(1)].join('\n');
  }
  const ends = {
    proposed: '',
    planned: `${where}: planned`,
    already: `${where}: there already, nothing written, ${seen}`,
    written: `${where}${from ? ` (was ${from})` : ''}: written, ${seen}`,
    observed: `${where}${from && commit ? ` (was ${from})` : ''}: observed at ${observed?.url}${observed?.golden ? `, ${observed.golden.equal} of ${observed.golden.asked} golden requests equal` : ''}`,
  };
  return [ends[outcome], ...wrote, ...underWay].join('\n');
}
