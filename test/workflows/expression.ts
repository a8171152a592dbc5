import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

type Value = ReturnType<typeof dataOf>;

/** What has happened in a run when an expression is evaluated. */
export interface Moment {
  /** Contexts by name: `github`, `needs`, `inputs`, … */
  readonly contexts: Readonly<Record<string, unknown>>;
  /** Whether everything needed succeeded. */
  readonly succeeded?: boolean;
  readonly cancelled?: boolean;
}

const statusFunctions = ['success', 'failure', 'always', 'cancelled'];

/** Evaluates as GitHub does, with GitHub's own library. `text` is what stands between `${{` and `}}`. */
export function evaluate(text: string, { contexts, succeeded = true, cancelled = false }: Moment): Value {
  const status: Readonly<Record<string, boolean>> = {
    success: succeeded && !cancelled,
    failure: !succeeded && !cancelled,
    always: true,
    cancelled,
  };
  const functions = statusFunctions.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(status[name]!),
  }));
  const parsed = new Parser(new Lexer(text).lex().tokens, Object.keys(contexts), functions).parse();
  const named = new Map(functions.map((found) => [found.name, found]));
  return new Evaluator(parsed, dataOf(contexts) as data.Dictionary, named).evaluate() as Value;
}

/** Whether `if:` lets a job or a step run; without a function of its own about success, it asks for success too. */
export function holds(condition: string | undefined, moment: Moment): boolean {
  const text = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition ?? '')?.[1] ?? condition ?? 'success()';
  const asks = new RegExp(`\\b(${statusFunctions.join('|')})\\(`).test(text);
  return isTrue(evaluate(asks ? text : `success() && (${text})`, moment));
}

function isTrue(value: Value): boolean {
  if (value instanceof data.BooleanData) return value.value;
  if (value instanceof data.StringData) return value.value !== '';
  if (value instanceof data.NumberData) return value.value !== 0;
  return !(value instanceof data.Null);
}

function dataOf(
  value: unknown,
): data.Null | data.StringData | data.NumberData | data.BooleanData | data.Array | data.Dictionary {
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(dataOf));
  if (typeof value !== 'object' || value === null) return new data.Null();
  const pairs = Object.entries(value).map(([key, inner]) => ({ key, value: dataOf(inner) }));
  return new data.Dictionary(...pairs);
}
