import { stringify } from 'yaml';
import { profileData, type QualityReport, qualityError } from '../commands/data-quality.ts';
import { proposeSection } from '../evaluation/quality/index.ts';
import { printable } from '../workspace/index.ts';
import type { Command, CommandResult } from './command.ts';
import { UsageError } from './invocation.ts';
import { environmentOption } from './option-values.ts';
import { checkText, profileText } from './profile-text.ts';

export const command: Command = {
  name: 'data profile',
  summary: 'look at what datasets hold, and check it against what models expect',
  positionals: '[dataset…]',
  options: {
    model: { type: 'string' },
    for: { type: 'string' },
    check: { type: 'boolean' },
    propose: { type: 'boolean' },
  },
  help: {
    model: 'the datasets that this model reads, and its expectations alone',
    for: 'what this environment trains on: data.<environment>.lock, else data.lock',
    check: 'list all that is not as model.yaml expects it, and exit 1 when there is any',
    propose: 'print a section `data` for model.yaml that the datasets meet with room to spare',
  },
  async run({ workspace, cwd, positionals, values }) {
    const [check, propose] = [values.check === true, values.propose === true];
    if (check && propose) throw new UsageError('lockstep data profile takes --check or --propose, not both');
    const model = typeof values.model === 'string' ? values.model : undefined;
    const environment = environmentOption(workspace, values);
    const own = environment === undefined ? undefined : { environment };
    const options = { datasets: positionals, cwd, model, own, withValues: propose };
    const report = await profileData(workspace, options);
    if (propose) return proposal(report);
    return check ? checked(report, model, own) : { json: jsonOf(report), text: profileText(report) };
  },
};

const jsonOf = ({ tables, findings, misses, expectations }: QualityReport) => ({
  tables: tables.map(({ misses: _, ...table }) => table),
  findings,
  misses,
  expectations,
});

/** One line an expectation, so that a change of one is a change of one line. */
function proposal({ tables, findings }: QualityReport): CommandResult {
  const data = proposeSection(tables);
  const line = (value: unknown) =>
    stringify(value, {
      collectionStyle: 'flow',
      lineWidth: 0,
      compat: 'yaml-1.1',
      flowCollectionPadding: false,
    }).trimEnd();
  const unread = findings
    .filter(({ kind }) => kind === 'unreadable')
    .map(({ what }) => `# ${printable(what, 700)}`);
  const lines = [
    ...unread,
    'data:',
    '  expectations:',
    ...(data.expectations ?? []).map((one) => `    - ${line(one)}`),
    ...(data.personal ? [`  personal: ${line(data.personal)}`] : []),
  ];
  return { json: { data }, text: lines.join('\n') };
}

/** Every hit on standard output, and the error as any other command would end with it. */
function checked(
  report: QualityReport,
  model: string | undefined,
  own: { readonly environment: string } | undefined,
): CommandResult {
  const { findings, misses, expectations } = report;
  const error = qualityError(report, model, own);
  if (error) process.stderr.write(`${error.message}\n`);
  return {
    json: { ...(error ? { error: error.toJSON() } : {}), expectations, misses, findings },
    text: checkText(report),
    exit: error ? 1 : 0,
  };
}
