import { rollback } from '../gitops/index.ts';
import { checkVersion } from '../registry/index.ts';
import type { Command } from './command.ts';
import { secondsOption, textOption } from './option-values.ts';
import { describeProposal } from './proposal.ts';

export const command: Command = {
  name: 'rollback',
  summary: 'put an environment back to what ran before, and hold the version it leaves',
  positionals: '<model>',
  options: {
    in: { type: 'string' },
    to: { type: 'string' },
    from: { type: 'string' },
    reason: { type: 'string' },
    'no-hold': { type: 'boolean' },
    observe: { type: 'string' },
  },
  help: {
    in: 'the environment',
    to: 'the version to go back to (default: the last verified one before this that is not held)',
    from: 'the version to leave: nothing is done where another one is by now',
    reason: 'why, for whoever asks later',
    'no-hold': 'do not hold the version that is left',
    observe: 'how many seconds to wait for the environment to answer (default 60, 0 does not wait)',
  },
  async run({ workspace, positionals, values }) {
    const result = await rollback(workspace, {
      model: positionals[0]!,
      environment: textOption(values, 'in', 'rollback'),
      ...(typeof values.to === 'string' ? { to: values.to } : {}),
      ...(typeof values.from === 'string' ? { from: checkVersion(values.from) } : {}),
      reason: textOption(values, 'reason', 'rollback'),
      hold: values['no-hold'] !== true,
      observe: secondsOption(values, 'observe', 60, 'rollback'),
    });
    const { model, environment, from, to, tag, commit, held, outcome, proposal } = result;
    if (proposal !== null) {
      const [first, ...more] = await describeProposal(workspace, proposal);
      return {
        json: result,
        text: [`${model} in ${environment}: ${from} → ${to}, ${first}`, ...more].join('\n'),
      };
    }
    const lines = [
      `${model} in ${environment}: ${from} → ${to}, ${outcome === 'observed' ? 'observed' : 'written, not observed'}`,
      `  ${tag} in commit ${commit.slice(0, 12)}`,
      ...(held
        ? [`  ${from} is held: lockstep hold ${model} ${from} --release --reason "…" lets it go`]
        : []),
    ];
    return { json: result, text: lines.join('\n') };
  },
};
