import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LockstepError } from '../workspace/errors.ts';

type OnnxRuntime = typeof import('onnxruntime-node');

/**
 * Native packages are never bundled, so that one place decides which copy runs: `$LOCKSTEP_MODULES` (what CI
 * installed), then the workspace's `node_modules` and those above it, then the copy beside this program.
 * `workspace` null skips the second: a server must not take code from the folder it happens to be started in.
 * Errors: E_NATIVE_MISSING.
 */
export function resolveNative(name: string, workspace: string | null = process.cwd()): string {
  const modules = process.env.LOCKSTEP_MODULES;
  const places = [
    ...(modules ? [join(modules, 'from-here.js')] : []),
    ...(workspace === null ? [] : [join(workspace, 'from-here.js')]),
    import.meta.url,
  ];
  for (const place of places) {
    try {
      return createRequire(place).resolve(name);
    } catch {
      // Not there: the next place may have it.
    }
  }
  throw new LockstepError('E_NATIVE_MISSING', {
    what: `the package ${name} is not installed`,
    allowed: 'in $LOCKSTEP_MODULES, in the node_modules of the workspace, or beside Lockstep',
    fix: 'run `npm ci`',
  });
}

const loaded = new Map<string, OnnxRuntime>();

/** onnxruntime-node, loaded once for each place. Errors: E_NATIVE_MISSING. */
export function loadOnnxRuntime(workspace?: string | null): OnnxRuntime {
  // From 1.29 on it reports each session to its makers unless told before it loads; a team's model is no one else's matter.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const path = resolveNative('onnxruntime-node', workspace);
  const runtime = loaded.get(path) ?? (createRequire(import.meta.url)(path) as OnnxRuntime);
  loaded.set(path, runtime);
  return runtime;
}
