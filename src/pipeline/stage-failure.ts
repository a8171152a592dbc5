import { constants } from 'node:os';
import { type ErrorCode, errorCodes, LockstepError, type Place } from '../workspace/index.ts';
import type { Outcome } from './supervised-process.ts';

export interface FailureContext {
  readonly stage: string;
  readonly lastLines: readonly string[];
  /** Where the whole log lies, for people. */
  readonly log: string;
  readonly timeout: string | undefined;
  /** A program of ours, whose last words are an error of Lockstep's own. */
  readonly builtin: boolean;
  /** Where the command stands in pipeline.yaml. */
  readonly where: Place;
}

/** The error that an outcome stands for, or null when the command ended well. */
export function stageFailure(outcome: Outcome, context: FailureContext): LockstepError | null {
  switch (outcome.kind) {
    case 'exit':
      return outcome.code === 0 ? null : exitFailure(outcome.code, context);
    case 'signal':
      return killed(outcome.signal, constants.signals[outcome.signal], context);
    case 'timeout':
      return new LockstepError('E_TRAIN_TIMEOUT', {
        what: `stage ${context.stage} was stopped after ${context.timeout}${saying(context)}`,
        where: context.where,
        allowed: 'a stage that ends within its timeout',
        fix: `raise its timeout, or see ${context.log} for what it was doing`,
      });
    case 'not-started':
      return notFound(outcome.message, context);
  }
}

/** A shell tells of a signal as 128 + its number, and of a command that it can't find or start as 127 or 126. */
function exitFailure(code: number, context: FailureContext): LockstepError {
  if (code === 126 || code === 127) return notFound(lastWords(context.lastLines) || `exit ${code}`, context);
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  if (signal && ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGTERM'].includes(signal[0])) {
    return killed(signal[0], signal[1], context);
  }
  const own = context.builtin ? ownError(context.lastLines) : null;
  if (own) return new LockstepError(own.code, { what: `stage ${context.stage}: ${own.message}` });
  return new LockstepError('E_TRAIN_FAILED', {
    what: `stage ${context.stage} ended with ${code}${saying(context)}`,
    where: context.where,
    allowed: 'a command that ends with 0',
    fix: mending(context),
  });
}

function killed(name: string, number: number, context: FailureContext): LockstepError {
  const memory = number === constants.signals.SIGKILL;
  return new LockstepError('E_TRAIN_KILLED', {
    what: `stage ${context.stage} was killed by signal ${number}${memory ? ' (often out of memory)' : ` (${name})`}${saying(context)}`,
    where: context.where,
    fix: memory
      ? 'give it more memory, or let it read less at once'
      : `read ${context.log}, mend the stage and run again`,
  });
}

const notFound = (message: string, { stage, where, log }: FailureContext): LockstepError =>
  new LockstepError('E_TRAIN_COMMAND', {
    what: `the command of stage ${stage} could not start: ${message}`,
    where,
    allowed: 'a program on PATH, or a script among the inputs',
    fix: `install it, or correct the command (log: ${log})`,
  });

/** The error that a built-in printed as its last line. */
function ownError(lines: readonly string[]): { code: ErrorCode; message: string } | null {
  const [, code, message] = /^(E_[A-Z_]+): (.*)$/.exec(lines.at(-1) ?? '') ?? [];
  const known = errorCodes.find((one) => one === code);
  return known && message ? { code: known, message } : null;
}

const saying = ({ lastLines }: FailureContext): string => {
  const words = lastWords(lastLines);
  return words === '' ? '' : `, saying: ${words}`;
};

/** How interpreters begin the line that says what went wrong. */
const errorLine = /^(Uncaught )?[\w.]*(Error|Exception)( \[\w+\])?: |^E_[A-Z_]+: /;

/** What went wrong in the program's own words: its error line, else its last lines. At most 400 characters. */
function lastWords(lines: readonly string[]): string {
  const telling = lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(at |Node\.js v\d|File ".*", line \d+|\^+$)/.test(line));
  const text = telling.findLast((line) => errorLine.test(line)) ?? telling.slice(-4).join(' / ');
  return text.length > 400 ? `…${text.slice(-400)}` : text;
}

/** A forgotten input shows as a file that is not there. */
function mending({ lastLines, log }: FailureContext): string {
  const absent = /Cannot find (module|package)|ENOENT|No such file|ModuleNotFoundError/.test(
    lastLines.join('\n'),
  );
  return absent
    ? `declare the file under inputs if it is yours (a stage finds nothing else), or read ${log}`
    : `read ${log}, mend the stage and run again`;
}
