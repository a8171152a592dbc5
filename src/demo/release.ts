import { shortDigest } from '../workspace/index.ts';
import { environments, expectThat, lockstep, model, type Story } from './story.ts';

interface Promotion {
  readonly version: string;
  readonly image: string;
  readonly outcome: string;
  readonly observed: {
    readonly url: string;
    readonly golden: { readonly asked: number; readonly equal: number };
  } | null;
}

/** Registers what main holds: version, image, signed tag. */
export async function register(story: Story, bump: 'minor' | 'major', version: string): Promise<void> {
  const { json } = await lockstep(
    story,
    ['register', model, '--bump', bump],
    ({ json }) => `${json.tag} → ${shortDigest(String(json.image))}`,
  );
  expectThat(json.version === version, `registered ${String(json.version)}, not ${version}`);
}

/** Promotes to some environments, in order; each must be seen to run it and to answer its golden requests. */
export async function promote(
  story: Story,
  version: string,
  targets: readonly string[] = environments,
): Promise<void> {
  for (const target of targets) {
    const { json } = await lockstep(story, ['promote', model, version, '--to', target], ({ json }) => {
      const { outcome, observed } = json as unknown as Promotion;
      return observed
        ? `${outcome} at ${observed.url}, golden requests ${observed.golden.equal} of ${observed.golden.asked} equal`
        : outcome;
    });
    const { outcome, observed, image } = json as unknown as Promotion;
    expectThat(outcome === 'observed' && observed !== null, `${target} was not seen to run ${version}`);
    expectThat(
      observed.golden.equal === observed.golden.asked && observed.golden.asked > 0,
      `${target} answers its golden requests differently`,
    );
    story.summary.environments[target] = { version, image, url: observed.url, golden: observed.golden };
  }
}

/** Trains, judges and reports what the work tree holds. */
export async function run(story: Story, exit: 0 | 3 = 0) {
  return lockstep(story, ['run', model], ({ json }) => describeRun(json), exit);
}

interface Run {
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly baseline: string;
  readonly metrics: Readonly<
    Record<string, { readonly value: number; readonly low: number; readonly high: number }>
  >;
  readonly differences: Readonly<
    Record<string, { readonly delta: number; readonly low: number; readonly high: number }>
  >;
}

function describeRun(json: unknown): string {
  const { verdict, reasons, metrics, differences, baseline } = json as Run;
  const auc = metrics.roc_auc;
  const change = differences.roc_auc;
  const lines = [
    `${verdict.toUpperCase()}: ROC AUC ${auc?.value.toFixed(4)}, against ${baseline} ${signed(change?.delta)} (95 %: ${signed(change?.low)} to ${signed(change?.high)})`,
  ];
  return [...lines, ...(verdict === 'pass' ? [] : reasons.slice(0, 3).map((reason) => `· ${reason}`))].join(
    '\n',
  );
}

const signed = (value = Number.NaN): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
