import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { column, openStore, readTable, type Table } from '../../../src/data/index.ts';
import { openWorkspace } from '../../../src/workspace/index.ts';
import type { Suite, Tools } from '../suite.ts';
import { exampleModel, makeProject } from '../tools/project.ts';

export const suite: Suite = {
  name: 'onnx-python',
  shows: "the example's model.onnx passes onnx.checker and scores alike in Python's ONNX Runtime",
  minutes: 2,
  needs: { python: ['onnx==1.23.2', 'onnxruntime==1.31.1', 'numpy==2.4.6'] },
  run: compareScores,
};

interface RunRecord {
  readonly stages: readonly {
    readonly outputs: Readonly<Record<string, { readonly digest: `sha256:${string}` }>>;
  }[];
}

async function compareScores(tools: Tools): Promise<string> {
  const { root, lockstep } = await makeProject(tools);
  const run = await lockstep('run', exampleModel);
  const model = join(root, String(run.modelFile));
  const record = JSON.parse(readFileSync(join(model, '../record.json'), 'utf8')) as RunRecord;
  const digest = record.stages
    .flatMap(({ outputs }) => Object.entries(outputs))
    .find(([name]) => name === 'test.parquet')![1].digest;
  const rows = join(tools.folder, 'test.parquet');
  await openStore(openWorkspace(root)).materialize(digest, rows);
  const table = await readTable(rows);
  const ours = await readTable(join(root, String(run.predictions)));

  const given = join(tools.folder, 'rows.json');
  writeFileSync(
    given,
    JSON.stringify(Object.fromEntries(table.columns.map(({ name }) => [name, cells(table, name)]))),
  );
  const script = join(tools.root, 'test/interop/suites/onnx-python.py');
  const theirs = JSON.parse(await tools.programs.run(tools.python, [script, model, given])) as {
    readonly inputs: readonly string[];
    readonly scores: readonly number[];
  };
  assert.deepEqual(theirs.inputs, ['date', 'destination', 'distance', 'origin']);
  const scoreOf = new Map(cells(table, 'row_id').map((id, row) => [id, theirs.scores[row]!]));
  assert.equal(ours.rows, table.rows);
  assert.equal(scoreOf.size, table.rows);
  const [ids, scores] = [cells(ours, 'row_id'), cells(ours, 'score')];
  const worst = ids.reduce<number>(
    (most, id, row) => Math.max(most, Math.abs(scoreOf.get(id)! - Number(scores[row]))),
    0,
  );
  assert.ok(worst <= 1e-6, `scores differ by up to ${worst}`);
  return `${table.rows} rows, at most ${worst.toExponential(1)} apart`;
}

/** A missing number is null, as in JSON. */
function cells(table: Table, name: string): (number | string | null)[] {
  const values: readonly (number | string | null)[] = [...column(table, name).values];
  return values.map((value) => (Number.isNaN(value) ? null : value));
}
