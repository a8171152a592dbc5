import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toyModel } from '../../test/toy-model.ts';

/** Loads a model in a process of its own and looks at its home once the runtime had the time to write there. */
function homeAfterLoading(variables: NodeJS.ProcessEnv): string[] {
  const home = mkdtempSync(join(tmpdir(), 'natives-'));
  const model = join(home, 'model.onnx');
  writeFileSync(model, toyModel());
  const program = `
    const { loadOnnxRuntime } = await import(${JSON.stringify(join(import.meta.dirname, 'natives.ts'))});
    await loadOnnxRuntime().InferenceSession.create(${JSON.stringify(model)});
    setTimeout(() => process.exit(), 300);`;
  const env = { PATH: process.env.PATH, TMPDIR: tmpdir(), HOME: home, ...variables };
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { env, stdio: 'pipe' });
  return readdirSync(home);
}

it('the runtime reports nothing to its makers, unless somebody wants that', () => {
  expect(homeAfterLoading({})).toEqual(['model.onnx']);
  // That it would, and where this looks for it.
  if (process.platform === 'linux')
    expect(homeAfterLoading({ ORT_DISABLE_TELEMETRY: '0' })).toContain('.cache');
});
