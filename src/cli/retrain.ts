import { retrainModel } from '../commands/retrain.ts';
import { checkVersion } from '../registry/index.ts';
import type { Command } from './command.ts';
import { textOption } from './option-values.ts';
import { drawStages } from './stage-progress.ts';

export const command: Command = {
  name: 'retrain',
  summary: "train a version's commit on an environment's own data, judge and register it",
  positionals: '<model> <version>',
  options: { in: { type: 'string' }, platform: { type: 'string' } },
  help: {
    in: 'the environment, whose data stands in data.<environment>.lock',
    platform: 'platform of the image (default linux/amd64)',
  },
  async run({ workspace, positionals, values }) {
    const [model, version] = positionals as [string, string];
    const result = await retrainModel(workspace, {
      model,
      version: checkVersion(version),
      environment: textOption(values, 'in', 'retrain'),
      ...(typeof values.platform === 'string' ? { platform: values.platform } : {}),
      report: drawStages(),
    });
    const { outcome, tag, image, commit, pushed, environment } = result;
    const next = `Next: lockstep promote ${model} ${result.version} --to ${environment}`;
    const text =
      outcome === 'unchanged'
        ? `${tag} is this version on this very data: nothing to train\n${next}`
        : `${tag} at ${commit.slice(0, 12)}${pushed ? ', pushed to origin' : ''}\n${image}\n${next}`;
    return { json: result, text };
  },
};
