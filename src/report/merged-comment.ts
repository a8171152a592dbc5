import { inert, inertFenced } from './inert-text.ts';
import { folded } from './markdown-parts.ts';

/** What main says to a pull request that was merged. */
export interface MergedAnswer {
  /** Of `lockstep-main`; its attempts and its jobs speak together. */
  readonly run: number;
  readonly runUrl: string;
  readonly models: readonly string[];
  /** Why each was refused; none where a later attempt registered what an earlier one had refused. */
  readonly reasons: readonly string[];
}

/** GitHub counts UTF-16 code units and refuses more; the marker at the end of a comment needs a little room. */
const mostUnits = 65_536 - 256;
const mostReasons = 8;
const mostReason = 2_000;
const mostAnswers = 16;

/** Nothing from outside can write these: `<` is always escaped, or broken in a block of text. */
const answerStart = '<!-- lockstep:main ';
const answerMark = /^<!-- lockstep:main run=(\d{1,15}) models=([a-z0-9,-]*) -->$/;
const reportStart = '<!-- lockstep:before-merge -->\n';
const title = 'What the report said before the merge';

/**
 * The one comment after the merge: main's answers on top, the report that they differ from folded below. `before` is what
 * the comment says now: the report, or answers above it, of which those to other models of the same run stay. Null where
 * there is nothing to say: a model was registered, and nobody had said that it wasn't. A report that is too long to stand
 * below is there without its details, then only by name: the comment's history has it.
 */
export function renderMerged(answer: MergedAnswer, before: string | null): string | null {
  const { answers, report } = parted(before ?? '');
  const others = answers.filter(({ run, models }) => run === answer.run && !shares(models, answer.models));
  const refused = answer.reasons.length > 0;
  if (!refused && answers.every(({ models }) => !shares(models, answer.models))) return null;
  const told = [answerBody(answer), ...others.slice(0, mostAnswers - 1).map(({ body }) => body)];
  const below = report === '' ? [''] : [foldedReport(report), foldedReport(headOf(report)), leftOut];
  const texts = below.map((part) => [...told, part].filter((text) => text !== '').join('\n\n'));
  return texts.find(({ length }) => length <= mostUnits) ?? told[0]!;
}

function answerBody({ run, runUrl, models, reasons }: MergedAnswer): string {
  const names = models.map((model) => inert(model, 60)).join(', ');
  const rest =
    reasons.length > mostReasons ? `_… and ${reasons.length - mostReasons} more: see the run._` : '';
  const body =
    reasons.length === 0
      ? [
          `### ✅ Merged, and registered: ${names}`,
          'A later attempt of the run on main passed what an earlier one had refused.',
        ]
      : [
          `### ❌ Merged, and not registered: ${names}`,
          'Main judged again, and its verdict is another one. No version was made, and no environment changes.',
          ...reasons.slice(0, mostReasons).map(reasonBlock),
          rest,
        ];
  const mark = `${answerStart}run=${run} models=${models.map((model) => model.replace(/[^a-z0-9-]/g, '')).join(',')} -->`;
  return [mark, ...body, `[The run that judged](${runUrl})`].filter((part) => part !== '').join('\n\n');
}

const reasonBlock = (reason: string): string => `\`\`\`text\n${inertFenced(reason, mostReason)}\n\`\`\``;

const foldedReport = (report: string): string =>
  report === '' ? leftOut : reportStart + folded(title, report);

const leftOut = `_${title} is in this comment's history: it is too long to stand here, too._`;

/** What stands before the first fold. */
const headOf = (report: string): string => {
  const at = report.indexOf('<details>');
  return at === -1 ? '' : report.slice(0, at).trimEnd();
};

interface Answer {
  readonly run: number;
  readonly models: readonly string[];
  readonly body: string;
}

/** A comment of ours, taken apart again. */
function parted(text: string): { readonly answers: readonly Answer[]; readonly report: string } {
  if (!text.startsWith(answerStart)) return { answers: [], report: text.trim() };
  const at = text.indexOf(reportStart);
  const [start, end] = folded(title, '\0').split('\0') as [string, string];
  const below = at === -1 ? '' : text.slice(at + reportStart.length).trim();
  const whole = below.startsWith(start) && below.endsWith(end);
  return {
    answers: (at === -1 ? text : text.slice(0, at)).split(`\n\n${answerStart}`).flatMap(answerOf),
    report: whole ? below.slice(start.length, -end.length) : '',
  };
}

function answerOf(text: string): Answer[] {
  const body = (text.startsWith(answerStart) ? text : answerStart + text).trim();
  const [, run, models] = answerMark.exec(body.split('\n', 1)[0]!) ?? [];
  return run === undefined ? [] : [{ run: Number(run), models: (models ?? '').split(','), body }];
}

const shares = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((one) => others.includes(one));
