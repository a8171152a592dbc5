import { expect, test } from 'vitest';
import { parseReference } from './reference.ts';

const hex = '0'.repeat(64);

test.each([
  ['localhost/churn:v1.2.0', { name: 'localhost/churn', tag: 'v1.2.0', digest: null }],
  [
    `ghcr.io/acme/models/churn@sha256:${hex}`,
    { name: 'ghcr.io/acme/models/churn', tag: null, digest: `sha256:${hex}` },
  ],
  [`localhost:5000/a/b:1@sha256:${hex}`, { name: 'localhost:5000/a/b', tag: '1', digest: `sha256:${hex}` }],
])('%s is a reference', (text, expected) => {
  expect(parseReference(text)).toEqual(expected);
});

test('what is no reference is refused', () => {
  const refused = [
    'Repo/Name:tag',
    'churn',
    'localhost/churn:-x',
    `localhost/churn:${'x'.repeat(129)}`,
    'localhost/churn:v1.0.0+build',
    `localhost/churn@sha256:${hex.slice(1)}`,
    'localhost/churn@sha512:abc',
    'localhost/../churn',
  ];
  const messages = refused.map((text) => {
    try {
      parseReference(text);
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "E_IMAGE_REF: the image reference "Repo/Name" — registry/repository in lower case, then :tag or @sha256:<64 hex>. Fix: write it in lower case, as in ghcr.io/acme/models.",
      "E_IMAGE_REF: the image reference "churn" — registry/repository in lower case, then :tag or @sha256:<64 hex>. Fix: write it in lower case, as in ghcr.io/acme/models.",
      "E_IMAGE_TAG: the image tag "-x" — 1 to 128 letters, digits, _, . and -, not beginning with . or -. Fix: choose another version.",
      "E_IMAGE_TAG: the image tag "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" — 1 to 128 letters, digits, _, . and -, not beginning with . or -. Fix: choose another version.",
      "E_IMAGE_TAG: the image tag "v1.0.0+build" — 1 to 128 letters, digits, _, . and -, not beginning with . or -. Fix: choose another version.",
      "E_IMAGE_REF: the image reference "localhost/churn@sha256:000000000000000000000000000000000000000000000000000000000000000" — registry/repository in lower case, then :tag or @sha256:<64 hex>. Fix: write it in lower case, as in ghcr.io/acme/models.",
      "E_IMAGE_REF: the image reference "localhost/churn@sha512:abc" — registry/repository in lower case, then :tag or @sha256:<64 hex>. Fix: write it in lower case, as in ghcr.io/acme/models.",
      "E_IMAGE_REF: the image reference "localhost/../churn" — registry/repository in lower case, then :tag or @sha256:<64 hex>. Fix: write it in lower case, as in ghcr.io/acme/models.",
    ]
  `);
});
