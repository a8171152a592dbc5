import { expect, test } from 'vitest';
import { makeSandbox, messageOf } from '../../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import { openWorkspace } from '../../workspace/index.ts';
import { deploy, type Effects, previewPromotion, promote, realEffects, rollback } from '../index.ts';

const on = (time: string): Effects => ({ ...realEffects, now: () => new Date(time) });
const [friday, tuesday] = ['2026-11-27T18:00:00Z', '2026-12-01T10:00:00Z'].map(on) as [Effects, Effects];
const rules = `environments:
  - name: dev
    freeze: [{from: "Fri 16:00", to: "Mon 08:00", reason: nobody is here to look}]
  - {name: production, approvals: 2}
`;

test('a freeze stops promotions and no rollback; approvals are people, each once', async () => {
  await using sandbox = await makeSandbox();
  await makeProject(sandbox, 'ada', { 'lockstep.yaml': rules });
  const workspace = openWorkspace(`${sandbox.folder}/ada`);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  const to = (
    version: string,
    environment: string,
    effects: Effects,
    people: readonly (string | number)[] = [],
  ) =>
    promote(
      workspace,
      {
        model: 'churn',
        version,
        environment,
        observe: 0,
        approvals: people.map((id) => ({
          by: `person ${id}`,
          ...(typeof id === 'number' ? { id } : {}),
          time: tuesday.now().toISOString(),
        })),
      },
      effects,
    );
  await to('v1.0.0', 'dev', tuesday);
  expect(await messageOf(to('v1.1.0', 'dev', friday))).toMatchInlineSnapshot(
    `"E_PROMOTE_FROZEN: dev takes no promotions from Fri 16:00 to Mon 08:00, UTC: nobody is here to look in lockstep.yaml — promotions outside its freezes, and rollbacks at any time. Fix: wait, and promote again."`,
  );
  await to('v1.1.0', 'dev', tuesday);
  expect(await messageOf(to('v1.1.0', 'production', tuesday, [7, 7]))).toMatchInlineSnapshot(
    `"E_PROMOTE_APPROVAL: churn v1.1.0 has 1 of the 2 approvals that production asks for in lockstep.yaml — people who approved the run on GitHub, each once, and not who asked for it. Fix: add reviewers to the environment production (Settings → Environments) and promote by the tag or the button, or set \`gitops: {mode: pull-request}\`."`,
  );
  expect((await to('v1.1.0', 'production', tuesday, [7, 8])).outcome).toBe('written');
  // What was decided before a freeze is not written in it.
  const { plan } = await previewPromotion(
    workspace,
    { model: 'churn', version: 'v1.0.0', environment: 'dev' },
    tuesday,
  );
  const release = Buffer.from(plan.kind === 'write' ? plan.release : '');
  const decided = { model: 'churn', environment: 'dev', release, file: 'release.json', observe: 0 };
  expect(await messageOf(deploy(workspace, decided, friday))).toMatch(/^E_PROMOTE_FROZEN: /);

  const back = { model: 'churn', environment: 'dev', reason: 'it is worse', hold: true, observe: 0 };
  expect((await rollback(workspace, back, friday)).to).toBe('v1.0.0');
});
