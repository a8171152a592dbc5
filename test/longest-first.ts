import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Three hundred commands each, or dozens of jobs: begun late, one of these runs on alone when all else has ended. How
// long files take, vitest remembers from one run to the next, but a fresh clone remembers nothing.
const long = ['test/bad-inputs.test.ts', 'test/demo.slow.test.ts'];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => long.some((path) => moduleId.endsWith(path));
    const others = files.filter((file) => !isLong(file));
    return [...files.filter(isLong), ...(await super.sort(others))];
  }
}
