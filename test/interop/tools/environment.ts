import { delimiter } from 'node:path';

/** The machine's own settings (paths, proxies, certificates), without Git's, npm's and our state. */
export function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(GIT_|LOCKSTEP_|XDG_|VITEST|NODE_OPTIONS|NODE_COMPILE_CACHE|INIT_CWD)/.test(name) &&
      !isNpmState(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: hostPath(),
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

/** `npm run` hands these down; where and how to reach a registry is the machine's to say. */
const isNpmState = (name: string): boolean =>
  /^npm_/i.test(name) && !/^npm_config_(registry|cafile|https?_proxy|proxy|noproxy)$/i.test(name);

/** The PATH without the `node_modules/.bin` that `npm run` puts before it: there `node` is our own Node 24. */
export const hostPath = (): string =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !/[\\/]node_modules[\\/]/.test(folder))
    .join(delimiter);
