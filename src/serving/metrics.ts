/** Counts of answered requests since the server began, for Prometheus. */
export interface Metrics {
  /** `seconds` from the request's head to its answer. */
  readonly count: (route: string, status: number, seconds: number) => void;
  /** Prometheus' text format, version 0.0.4. */
  readonly print: (facts: MetricFacts) => string;
}

interface MetricFacts {
  readonly model: string;
  readonly version: string;
  readonly modelDigest: string;
  readonly ready: boolean;
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** Upper bounds in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

interface Duration {
  /** Requests by the first bound that holds; the last place is for the slower ones. */
  readonly buckets: number[];
  sum: number;
}

export function openMetrics(): Metrics {
  const counts = new Map<string, number>();
  const durations = new Map<string, Duration>();
  return {
    count(route, status, seconds) {
      const labels = `{route="${route}",status="${status}"}`;
      counts.set(labels, (counts.get(labels) ?? 0) + 1);
      const found = durations.get(route) ?? { buckets: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
      durations.set(route, found);
      const place = bounds.findIndex((bound) => seconds <= bound);
      found.buckets[place === -1 ? bounds.length : place]!++;
      found.sum += seconds;
    },
    print: ({ model, version, modelDigest, ready }) =>
      `${[
        ...family('lockstep_model_info', 'gauge', 'Which model answers.'),
        `lockstep_model_info{model="${model}",version="${version}",digest="${modelDigest}"} 1`,
        ...family(
          'lockstep_ready',
          'gauge',
          'Whether its golden requests were answered as when it was judged.',
        ),
        `lockstep_ready ${Number(ready)}`,
        ...family('lockstep_requests_total', 'counter', 'Requests for predictions, by route and status.'),
        ...[...counts].map(([labels, count]) => `lockstep_requests_total${labels} ${count}`),
        ...family('lockstep_request_seconds', 'histogram', 'How long a request for predictions took.'),
        ...[...durations].flatMap(([route, duration]) => histogram(route, duration)),
      ].join('\n')}\n`,
  };
}

const family = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

function histogram(route: string, { buckets, sum }: Duration): string[] {
  let total = 0;
  const lines = buckets.map((count, index) => {
    total += count;
    return `lockstep_request_seconds_bucket{route="${route}",le="${bounds[index] ?? '+Inf'}"} ${total}`;
  });
  return [
    ...lines,
    `lockstep_request_seconds_sum{route="${route}"} ${sum}`,
    `lockstep_request_seconds_count{route="${route}"} ${total}`,
  ];
}
