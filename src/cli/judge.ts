import { resolve } from 'node:path';
import { judgeHandover } from '../commands/judge.ts';
import { judgeChange } from '../commands/judged-change.ts';
import { findIsolation, shown } from '../workspace/index.ts';
import type { Command, CommandInput, CommandResult } from './command.ts';
import { judgedResult } from './judged-result.ts';
import { textOption } from './option-values.ts';
import { drawStages } from './stage-progress.ts';

export const command: Command = {
  name: 'judge',
  summary: 'judge a candidate that somebody handed over, by the base commit alone',
  positionals: '<folder>',
  options: {
    base: { type: 'string' },
    all: { type: 'boolean' },
    head: { type: 'string' },
    out: { type: 'string' },
    isolated: { type: 'boolean' },
  },
  help: {
    base: 'revision whose policy, rows and model.yaml judge (default: where HEAD left the default branch of origin)',
    all: 'the folder holds one folder a model: judge all that the change from --base to --head touches',
    head: 'commit of the change, of which nothing is run (with --all)',
    out: 'folder for what `gate` and `report` read; must not be there (with --all)',
    isolated: 'score as another user and without network, as far as this machine can',
  },
  async run(input) {
    return input.values.all === true ? judgeAll(input) : judgeFolder(input);
  },
};

async function judgeFolder({ workspace, cwd, positionals, values }: CommandInput): Promise<CommandResult> {
  const apart = values.isolated === true ? { ...workspace, isolation: findIsolation() } : workspace;
  const judged = await judgeHandover(apart, resolve(cwd, positionals[0]!), {
    report: drawStages(),
    ...(typeof values.base === 'string' ? { base: values.base } : {}),
  });
  return judgedResult(workspace, judged);
}

async function judgeAll({ workspace, cwd, positionals, values }: CommandInput): Promise<CommandResult> {
  const out = resolve(cwd, textOption(values, 'out', 'judge --all'));
  const file = await judgeChange(workspace, {
    folder: resolve(cwd, positionals[0]!),
    base: textOption(values, 'base', 'judge --all'),
    head: textOption(values, 'head', 'judge --all'),
    out,
    isolated: values.isolated === true,
    report: drawStages(),
  });
  const lines = file.models.map(({ model, kind, reason }) => `  ${model}  ${reason ?? kind}`);
  const text = [
    `${file.models.length} models that the change touches`,
    ...lines,
    `written to ${shown(workspace, out)}`,
  ];
  return { json: file, text: text.join('\n') };
}
