import type { BadInput } from './bad-input.ts';

/** A base that the registry at the test's own address is asked for. */
const basedOn = (name: string, base: string): BadInput => ({
  name,
  code: 'E_BASE_MISSING',
  command: ['image', 'pin-base'],
  given: (repository, remote) =>
    repository.write('lockstep.yaml', `image: {base: "${remote.replace('http://', '')}/${base}"}\n`),
});

/** References, registries and bases. */
export const images: readonly BadInput[] = [
  {
    name: 'a reference in upper case',
    command: ['image', 'pull', 'ghcr.io/Acme/churn:v1'],
    code: 'E_IMAGE_REF',
  },
  {
    name: 'a tag that begins with a hyphen',
    command: ['image', 'pull', 'ghcr.io/acme/churn:-x'],
    code: 'E_IMAGE_TAG',
  },
  {
    name: 'a tag that is too long',
    command: ['image', 'pull', `ghcr.io/acme/churn:${'x'.repeat(129)}`],
    code: 'E_IMAGE_TAG',
  },
  {
    name: 'an image of this machine, to fetch',
    command: ['image', 'pull', 'localhost/toy:v1'],
    code: 'E_IMAGE_REF',
  },
  { name: 'a model without an image, to push', command: ['image', 'push', 'toy'], code: 'E_IMAGE_MISSING' },
  {
    name: 'a registry that is no repository',
    command: ['image', 'push', 'localhost/toy@sha256:12'],
    code: 'E_IMAGE_REF',
  },
  {
    name: 'a run to keep where images go nowhere',
    command: ['train', 'toy', '--candidate', 'handed', '--keep'],
    code: 'E_IMAGE_REF',
  },
  { name: 'a run to keep without its folder', command: ['train', 'toy', '--keep'], code: 'E_USAGE' },
  basedOn('a base whose registry sends us to a stranger to log in', 'stranger/node:24'),
  basedOn('a base whose registry has another digest than it says', 'liar/node:24'),
  basedOn('a base that is nowhere', 'nobody/node:24'),
  basedOn('a base of another digest', `nobody/node:24@sha256:${'0'.repeat(64)}`),
];
