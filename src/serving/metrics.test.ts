import { expect, test } from 'vitest';
import { startServer, toyFolder, toyGolden, untilReady } from '../../test/toy-server.ts';
import { askGolden } from './ask-golden.ts';
import { openMetrics } from './metrics.ts';

const facts = { model: 'toy', version: 'v1.0.0', modelDigest: 'sha256:ab', ready: true };

test('durations are cumulative, and those beyond the last bound count as infinite', () => {
  const metrics = openMetrics();
  for (const seconds of [0.001, 0.004, 9]) metrics.count('/predict', 200, seconds);
  metrics.count('/predict', 422, 0.5);
  expect(metrics.print(facts)).toMatchInlineSnapshot(`
    "# HELP lockstep_model_info Which model answers.
    # TYPE lockstep_model_info gauge
    lockstep_model_info{model="toy",version="v1.0.0",digest="sha256:ab"} 1
    # HELP lockstep_ready Whether its golden requests were answered as when it was judged.
    # TYPE lockstep_ready gauge
    lockstep_ready 1
    # HELP lockstep_requests_total Requests for predictions, by route and status.
    # TYPE lockstep_requests_total counter
    lockstep_requests_total{route="/predict",status="200"} 3
    lockstep_requests_total{route="/predict",status="422"} 1
    # HELP lockstep_request_seconds How long a request for predictions took.
    # TYPE lockstep_request_seconds histogram
    lockstep_request_seconds_bucket{route="/predict",le="0.001"} 1
    lockstep_request_seconds_bucket{route="/predict",le="0.0025"} 1
    lockstep_request_seconds_bucket{route="/predict",le="0.005"} 2
    lockstep_request_seconds_bucket{route="/predict",le="0.01"} 2
    lockstep_request_seconds_bucket{route="/predict",le="0.025"} 2
    lockstep_request_seconds_bucket{route="/predict",le="0.05"} 2
    lockstep_request_seconds_bucket{route="/predict",le="0.1"} 2
    lockstep_request_seconds_bucket{route="/predict",le="0.25"} 2
    lockstep_request_seconds_bucket{route="/predict",le="0.5"} 3
    lockstep_request_seconds_bucket{route="/predict",le="1"} 3
    lockstep_request_seconds_bucket{route="/predict",le="2.5"} 3
    lockstep_request_seconds_bucket{route="/predict",le="5"} 3
    lockstep_request_seconds_bucket{route="/predict",le="+Inf"} 4
    lockstep_request_seconds_sum{route="/predict"} 9.505
    lockstep_request_seconds_count{route="/predict"} 4
    "
  `);
});

test('a server counts the requests for predictions that it answered or refused, and no probes', async () => {
  const server = await startServer(toyFolder());
  await untilReady(server.url);
  const row = JSON.stringify({ distance: 100, carrier: 'AA', date: '2001-01-02' });
  for (const body of [row, row, '{"distance": -1}', 'no JSON'])
    await fetch(`${server.url}/predict`, { method: 'POST', body });
  await fetch(`${server.url}/v2/models/toy/infer`, { method: 'POST', body: '{}' });
  expect(await askGolden(server.url, toyGolden)).toMatchObject({ asked: 3, equal: 3 });
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await answer.text()).split('\n');
  expect(
    lines.filter((line) => /^lockstep_(requests|ready|request_seconds_count)/.test(line)),
  ).toMatchInlineSnapshot(`
    [
      "lockstep_ready 1",
      "lockstep_requests_total{route="/predict",status="200"} 2",
      "lockstep_requests_total{route="/predict",status="422"} 1",
      "lockstep_requests_total{route="/predict",status="400"} 1",
      "lockstep_requests_total{route="/infer",status="400"} 1",
      "lockstep_request_seconds_count{route="/predict"} 4",
      "lockstep_request_seconds_count{route="/infer"} 1",
    ]
  `);
  await server.stop();
});
