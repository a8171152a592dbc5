import { isMap, isScalar, isSeq, parseDocument, Scalar, type YAMLSeq } from 'yaml';
import { LockstepError } from '../workspace/index.ts';

export interface RetrainingInput {
  /** `pipelines/<model>/pipeline.yaml` as it stands. */
  readonly text: string;
  /** Shown in errors. */
  readonly file: string;
  readonly model: string;
  /** Months whose outcomes are known, e.g. `2001-05`. */
  readonly months: readonly string[];
  /** Why now, in one sentence each: the alerts' reasons. */
  readonly reasons?: readonly string[];
}

export interface RetrainingPlan {
  /** The whole file after the change: only the lists of months differ from the text that came in. */
  readonly text: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** First line for the commit and title of the pull request. */
  readonly title: string;
  /** What changes and why, for the commit's body. */
  readonly body: string;
}

const names = ['train-months', 'test-months', 'later-months'] as const;

/**
 * Proposes to learn from all months up to the last but one whose outcomes are known and to be judged on the
 * newest, so that the judge's month lies after every training month, as in production. Pure; null when the
 * pipeline already does. The lists are spliced in at their places: comments and layout stay as people wrote
 * them. Errors: E_MONITOR_DATA when the pipeline has no `train-months` and `test-months`.
 */
export function planRetraining(input: RetrainingInput): RetrainingPlan | null {
  const lists = findLists(input);
  const [before, judged, later] = names.map((name) => lists.get(name)?.months ?? []);
  const all = [...new Set([...before!, ...judged!, ...input.months])].sort();
  const newest = all.at(-1)!;
  if (judged!.length === 1 && judged![0] === newest) return null;
  const train = all.slice(0, -1);
  const next = new Map<string, readonly string[]>([
    ['train-months', train],
    ['test-months', [newest]],
    ['later-months', later!.filter((month) => month > newest)],
  ]);
  const edits = [...lists].map(([name, { node }]) => editOf(input.text, node, next.get(name)!));
  return {
    text: edits
      .sort((a, b) => b.from - a.from)
      .reduce((text, { from, to, by }) => text.slice(0, from) + by + text.slice(to), input.text),
    train,
    test: [newest],
    title: `feat(${input.model}): learn from ${train[0]} to ${train.at(-1)}, judge on ${newest}`,
    body: [
      `Before: ${before!.join(', ')}, judged on ${judged!.join(', ')}.`,
      ...(input.reasons?.length ? ['', ...input.reasons.map((reason) => `- ${reason}`)] : []),
    ].join('\n'),
  };
}

function findLists({ text, file }: RetrainingInput): Map<string, { node: YAMLSeq; months: string[] }> {
  const params = parseDocument(text).get('params');
  const found = new Map<string, { node: YAMLSeq; months: string[] }>();
  for (const name of names) {
    const node = isMap(params) ? params.get(name, true) : undefined;
    if (isSeq(node))
      found.set(name, {
        node,
        months: node.items.map((item) => (isScalar(item) ? String(item.value) : '')).filter(Boolean),
      });
    else if (name !== 'later-months') {
      throw new LockstepError('E_MONITOR_DATA', {
        what: `no list "${name}" among the params`,
        where: { file },
        allowed: 'params with train-months and test-months',
        fix: 'make the months that the prepare stage reads params of the pipeline, or change it by hand',
      });
    }
  }
  return found;
}

/** Where to splice what: items are quoted and laid out as the list's first one is. */
function editOf(
  text: string,
  node: YAMLSeq,
  months: readonly string[],
): { from: number; to: number; by: string } {
  const first = node.items.find((item) => isScalar(item));
  const quote = first?.type === Scalar.PLAIN ? '' : first?.type === Scalar.QUOTE_SINGLE ? "'" : '"';
  const items = months.map((month) => quote + month + quote);
  const [start, end] = node.range!;
  if (node.flow || !first || months.length === 0) {
    const last = node.items.at(-1);
    const to = node.flow || !isScalar(last) ? end : last.range![1];
    return { from: start, to, by: `[${items.join(', ')}]` };
  }
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const last = node.items.at(-1);
  return {
    from: start,
    to: isScalar(last) ? last.range![1] : end,
    by: items.map((item) => `- ${item}`).join(`\n${indent}`),
  };
}
