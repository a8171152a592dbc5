import { dataType, type OnnxGraph } from '../model/index.ts';
import { type DatePart, datePatterns, days1970, marchOffsets, weekdayOffsets } from './date-parts.ts';

const machineLearning = 'ai.onnx.ml';

/**
 * The parts of a date column [N, 1] inside the graph, as `datePartsOf` computes them. Nothing is split or cast
 * before a pattern has matched: ONNX Runtime's Cast throws for the whole batch on one bad string.
 */
export function datePartTensors(graph: OnnxGraph, text: string): Record<DatePart, string> {
  const write = new DateWriter(graph);
  const isDay = write.matches(text, datePatterns.day);
  const isAfterT = write.matches(text, datePatterns.timeAfterT);
  const isAfterSpace = write.matches(text, datePatterns.timeAfterSpace);
  const afterT = write.split(write.where(isAfterT, text, write.text('1970-01-01T00:00')), 'T');
  const afterSpace = write.split(write.where(isAfterSpace, text, write.text('1970-01-01 00:00')), ' ');
  const otherDay = write.where(isAfterSpace, afterSpace(0), afterT(0));
  const day = write.split(write.where(isDay, text, otherDay), '-');
  const zoned = write.where(isAfterSpace, afterSpace(1), afterT(1));
  const clock = write.split(write.split(write.split(zoned, '+')(0), '-')(0), ':');

  const isDate = graph.node('Or', [isDay, graph.node('Or', [isAfterT, isAfterSpace])]);
  const known = (tensor: string) => write.where(isDate, tensor, write.number(Number.NaN));
  const year = graph.node('Cast', [day(0)], { attributes: { to: { int: dataType.float } } });
  const month = write.twoDigits(day(1));
  const dayOfMonth = write.twoDigits(day(2));
  const hour = write.twoDigits(clock(0));
  const minute = write.twoDigits(clock(1));
  const time = graph.node('Add', [graph.node('Mul', [hour, write.number(60)]), minute]);
  return {
    year: known(year),
    month: known(month),
    day: known(dayOfMonth),
    weekday: known(weekday(graph, write, year, month, dayOfMonth)),
    time: known(time),
    hour: known(hour),
    minute: known(minute),
    // Written only where it is asked for: a graph without it keeps its bytes.
    get days() {
      return known(dayNumber(graph, write, year, month, dayOfMonth));
    },
  };
}

/** Leap days up to a year that begins in March, and that year. In float32, exact up to the year 9999. */
function leapDays(graph: OnnxGraph, write: DateWriter, year: string, month: string) {
  const early = write.ofMonth(month, (index) => (index < 2 ? 1 : 0));
  const y = graph.node('Sub', [year, early]);
  const quotient = (divisor: number) => graph.node('Floor', [graph.node('Div', [y, write.number(divisor)])]);
  const leaps = graph.node('Add', [graph.node('Sub', [quotient(4), quotient(100)]), quotient(400)]);
  return { y, leaps };
}

/** As `daysSince1970`; every sum is a whole number below 2^24. */
function dayNumber(graph: OnnxGraph, write: DateWriter, year: string, month: string, day: string): string {
  const { y, leaps } = leapDays(graph, write, year, month);
  const before = write.ofMonth(month, (index) => marchOffsets[index]!);
  const years = graph.node('Add', [graph.node('Mul', [y, write.number(365)]), leaps]);
  const sum = graph.node('Add', [graph.node('Add', [years, before]), day]);
  return graph.node('Sub', [sum, write.number(days1970 + 1)]);
}

/** Sakamoto's method. */
function weekday(graph: OnnxGraph, write: DateWriter, year: string, month: string, day: string): string {
  const { y, leaps } = leapDays(graph, write, year, month);
  const offset = write.ofMonth(month, (index) => weekdayOffsets[index]!);
  const sum = graph.node('Add', [graph.node('Add', [graph.node('Add', [y, leaps]), offset]), day]);
  const weeks = graph.node('Floor', [graph.node('Div', [sum, write.number(7)])]);
  return graph.node('Sub', [sum, graph.node('Mul', [weeks, write.number(7)])]);
}

class DateWriter {
  readonly #graph: OnnxGraph;

  constructor(graph: OnnxGraph) {
    this.#graph = graph;
  }

  text = (value: string): string => this.#graph.constant({ texts: [value] }, [1]);
  number = (value: number): string => this.#graph.constant({ floats: [value] }, [1]);
  where = (condition: string, yes: string, no: string): string =>
    this.#graph.node('Where', [condition, yes, no]);

  matches(text: string, pattern: string): string {
    return this.#graph.node('RegexFullMatch', [text], { attributes: { pattern: { text: pattern } } });
  }

  /** Pieces of [N, 1] between delimiters; all texts have the piece that is asked for. */
  split(text: string, delimiter: string): (piece: number) => string {
    const attributes = { delimiter: { text: delimiter } };
    const [pieces] = this.#graph.nodes('StringSplit', [text], { attributes, outputs: 2 });
    return (piece) => {
      const place = this.#graph.constant({ ints: [piece] }, []);
      return this.#graph.node('Gather', [pieces!, place], { attributes: { axis: { int: 2 } } });
    };
  }

  /** "07" → 7, and the minute of 10:07Z, "07Z" → 7. */
  twoDigits(text: string): string {
    const digits = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
    return this.#graph.node('LabelEncoder', [text], {
      domain: machineLearning,
      attributes: {
        keys_strings: { texts: [...digits, ...digits.map((value) => `${value}Z`)] },
        values_floats: { floats: [...digits, ...digits].map(Number) },
        default_float: { float: 0 },
      },
    });
  }

  ofMonth(month: string, value: (index: number) => number): string {
    const months = Array.from({ length: 12 }, (_, index) => index);
    return this.#graph.node('LabelEncoder', [month], {
      domain: machineLearning,
      attributes: {
        keys_floats: { floats: months.map((index) => index + 1) },
        values_floats: { floats: months.map(value) },
        default_float: { float: 0 },
      },
    });
  }
}
