import { LockstepError } from '../workspace/index.ts';

/** A platform in OCI's words beside the folder that onnxruntime-node calls it by. */
export interface Platform {
  readonly os: 'linux';
  readonly architecture: 'amd64' | 'arm64';
  readonly folder: string;
}

const platforms: Readonly<Record<string, Platform>> = {
  'linux/amd64': { os: 'linux', architecture: 'amd64', folder: 'linux/x64' },
  'linux/arm64': { os: 'linux', architecture: 'arm64', folder: 'linux/arm64' },
};

export const defaultPlatform = 'linux/amd64';

/** Errors: E_IMAGE_PLATFORM. */
export function parsePlatform(text: string): Platform {
  const platform = Object.hasOwn(platforms, text) ? platforms[text] : undefined;
  if (platform) return platform;
  throw new LockstepError('E_IMAGE_PLATFORM', {
    what: `the platform "${text}"`,
    allowed: Object.keys(platforms).join(', '),
  });
}
