import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { localFindings } from './local-checks.ts';
import { refFindings } from './ref-checks.ts';
import { repositoryFindings } from './repository-checks.ts';

/** Everything that can be said of a repository from what is known of it: pure, in the order in which people read it. */
export const diagnose = ({ local, remote }: Facts): readonly Finding[] => [
  ...localFindings(local),
  ...(remote === null ? [] : [...refFindings({ local, remote }), ...repositoryFindings({ local, remote })]),
];
