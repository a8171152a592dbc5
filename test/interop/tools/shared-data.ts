import assert from 'node:assert/strict';
import type { Tools } from '../suite.ts';
import { assertSameData, cloneOf, fill, makeDataProject, smallFiles, succeeded } from './data-project.ts';

/** A push, again without effect, and a pull by somebody who has only the lock. Resolves to what was seen. */
export async function sharedData(tools: Tools, remote: string, env: NodeJS.ProcessEnv): Promise<string> {
  const pushed = makeDataProject(tools, 'pushed', remote, env);
  await fill(pushed);
  succeeded(await pushed.data('push'));
  const again = succeeded(await pushed.data('push')) as { pushed?: { objects: number } };
  assert.equal(again.pushed?.objects, 0, 'the second time nothing is sent');
  const clone = cloneOf(pushed, makeDataProject(tools, 'clone', remote, env));
  succeeded(await clone.data('pull'));
  assertSameData(pushed, clone);
  return `${smallFiles} small files and 20 MB pushed and pulled`;
}
