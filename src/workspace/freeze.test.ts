import { expect, test } from 'vitest';
import { messageOf } from '../../test/git-sandbox.ts';
import { parseConfiguration } from './configuration.ts';
import { frozenBy } from './freeze.ts';
import { parseYaml } from './yaml-file.ts';

const weekend = { from: 'Fri 16:00', to: 'Mon 08:00', zone: 'Europe/Berlin' };
const holidays = { from: '2026-12-20', to: '2027-01-02', reason: 'holidays' };
const at = (time: string) => frozenBy([weekend, holidays], new Date(time));

test.each([
  ['2026-11-27T14:59:59Z', null], // Friday 15:59 in Berlin
  ['2026-11-27T15:00:00Z', weekend],
  ['2026-11-29T12:00:00Z', weekend],
  ['2026-11-30T06:59:59Z', weekend],
  ['2026-11-30T07:00:00Z', null],
  // Summer time: Berlin is two hours ahead, also in the night in which it ends.
  ['2026-07-03T13:59:59Z', null],
  ['2026-07-03T14:00:00Z', weekend],
  ['2026-10-23T14:00:00Z', weekend],
  ['2026-10-26T06:59:59Z', weekend],
  ['2026-10-26T07:00:00Z', null],
  ['2026-12-22T12:00:00Z', holidays],
  ['2027-01-02T12:00:00Z', weekend],
  ['2026-12-20T00:00:00Z', weekend],
])('at %s', (time, freeze) => {
  expect(at(time)).toEqual(freeze);
});

test('dates are whole days of their zone, within a week too', () => {
  const day = [{ from: '2026-12-24', to: '2026-12-24', zone: 'Pacific/Auckland' }];
  const times = [
    '2026-12-23T10:59:59Z',
    '2026-12-23T11:00:00Z',
    '2026-12-24T10:59:59Z',
    '2026-12-24T11:00:00Z',
  ];
  expect(times.map((time) => frozenBy(day, new Date(time)) !== null)).toEqual([false, true, true, false]);
  const lunch = [{ from: 'Wed 12:00', to: 'Wed 13:00' }];
  expect(frozenBy(lunch, new Date('2026-11-25T12:30:00Z'))).toEqual(lunch[0]);
  expect(frozenBy(lunch, new Date('2026-11-25T13:00:00Z'))).toBeNull();
});

test.each([
  ['{from: Fri 16:00, to: 2026-12-01}', /a freeze from Fri 16:00 to 2026-12-01/],
  ['{from: 2026-12-02, to: 2026-12-01}', /a first date, then a last one/],
  ['{from: Fri 16:00, to: Mon 08:00, zone: Mars/Olympus}', /the time zone "Mars\/Olympus"/],
  ['{from: Fryday, to: Mon 08:00}', /such as Fri 16:00/],
])('%s is refused, with its line', async (freeze, message) => {
  const text = `environments: [dev, {name: production, freeze: [${freeze}]}]\n`;
  const refused = await messageOf(
    Promise.resolve().then(() => parseConfiguration(parseYaml(text, 'lockstep.yaml'))),
  );
  expect(refused).toMatch(message);
  expect(refused).toContain('lockstep.yaml:1');
});
