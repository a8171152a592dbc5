import { styleText } from 'node:util';
import { type Diagnosis, examine } from '../commands/doctor/doctor.ts';
import type { Finding } from '../commands/doctor/finding.ts';
import type { Command } from './command.ts';

const signs = { holds: '✓', missing: '✗', hidden: '?', 'not in this plan': '–' } as const;
const colors = { holds: 'green', missing: 'red', hidden: 'yellow', 'not in this plan': 'yellow' } as const;

export const command: Command = {
  name: 'doctor',
  summary: 'say which settings of the repository keep its promises, and which are missing',
  positionals: '',
  options: {},
  help: {},
  async run({ workspace }) {
    const diagnosis = await examine(workspace);
    const missing = diagnosis.findings.some(({ kind }) => kind === 'missing');
    return {
      json: diagnosis,
      text: words(diagnosis, process.stdout.isTTY === true && !process.env.NO_COLOR),
      exit: missing ? 1 : 0,
    };
  },
};

function words({ findings, repository, alone }: Diagnosis, color: boolean): string {
  const paint = (kind: Finding['kind'], text: string) =>
    color ? styleText(colors[kind], text, { validateStream: false }) : text;
  const lines = findings.flatMap((finding) => [
    `${paint(finding.kind, signs[finding.kind])} ${finding.title}`,
    ...detailsOf(finding).map((line) => `    ${line}`),
  ]);
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  const sum = [
    `${count('holds')} hold`,
    `${count('missing')} missing`,
    `${count('hidden')} not readable`,
    `${count('not in this plan')} not in this plan`,
  ];
  return [
    repository ?? 'the files here',
    ...lines,
    '',
    sum.join(', '),
    ...(alone === null ? [] : [alone]),
  ].join('\n');
}

function detailsOf(finding: Finding): string[] {
  switch (finding.kind) {
    case 'holds':
      return [];
    case 'missing':
      return [finding.what, finding.fix];
    case 'hidden':
      return [`not readable with this token: it takes ${finding.needs}`];
    case 'not in this plan':
      return [finding.what];
  }
}
