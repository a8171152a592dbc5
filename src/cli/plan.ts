import { lockConflict } from '../commands/lock-conflict.ts';
import { listPipelines, type Plan, planRun, readPipeline, type StagePlan } from '../pipeline/index.ts';
import type { Workspace } from '../workspace/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'plan',
  summary: 'say what a run would do now, and why',
  positionals: '[model]',
  options: { until: { type: 'string' } },
  help: { until: 'stop after this stage' },
  async run({ workspace, positionals, values }) {
    const models = positionals[0] === undefined ? await enabledModels(workspace) : [positionals[0]];
    const until = values.until as string | undefined;
    const plans: Plan[] = [];
    for (const model of models) {
      const pipeline = await readPipeline(workspace, model);
      plans.push(await planRun(workspace, pipeline, until === undefined ? {} : { until }));
    }
    const text = plans.map(planText).join('\n\n') || 'no pipeline here: `lockstep init <model>` makes one';
    // Before anything is pushed, and before GitHub refuses to run what conflicts.
    const settle = await lockConflict(workspace, 'HEAD');
    const conflict = settle === null ? [] : [`data.lock conflicts with the branch this goes to: ${settle}`];
    return {
      json: { models: plans.map(planJson), ...(settle === null ? {} : { settle }) },
      text: [text, ...conflict].join('\n\n'),
    };
  },
};

async function enabledModels(workspace: Workspace): Promise<string[]> {
  const models: string[] = [];
  for (const model of listPipelines(workspace)) {
    if ((await readPipeline(workspace, model)).file.enabled !== false) models.push(model);
  }
  return models;
}

function planText({ model, stages }: Plan): string {
  const width = Math.max(...stages.map(({ name }) => name.length));
  const running = stages.filter(({ decision }) => decision.kind === 'run').length;
  const head = running === 0 ? 'nothing to run' : `${running} of ${stages.length} stages to run`;
  const line = ({ name, decision }: StagePlan) =>
    `  ${name.padEnd(width)}  ${decision.kind === 'cached' ? 'cached' : `run: ${decision.why.join(', ')}`}`;
  return [`${model}: ${head}`, ...stages.map(line)].join('\n');
}

const planJson = ({ model, stages }: Plan) => ({
  model,
  stages: stages.map(({ name, fingerprint, decision }) => ({
    name,
    fingerprint,
    action: decision.kind,
    why: decision.kind === 'run' ? decision.why : [],
  })),
});
