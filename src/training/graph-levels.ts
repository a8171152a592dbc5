import type { OnnxGraph } from '../model/index.ts';
import type { LevelMap } from './category-levels.ts';

/**
 * Text [N, 1] → number [N, 1] by level. If `guarded` a level without an entry gets an index past the table's
 * end, and Gather refuses the batch; a missing text ("") never does.
 */
export function levelTensor(graph: OnnxGraph, text: string, map: LevelMap, guarded: boolean): string {
  if (!guarded)
    return graph.node('LabelEncoder', [text], {
      domain: 'ai.onnx.ml',
      attributes: {
        keys_strings: { texts: map.levels },
        values_floats: { floats: map.values },
        default_float: { float: map.other },
      },
    });
  const missing = map.levels.includes('') ? [] : [''];
  const levels = [...map.levels, ...missing];
  const values = [...map.values, ...missing.map(() => map.other)];
  const index = graph.node('LabelEncoder', [text], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_strings: { texts: levels },
      values_int64s: { ints: levels.map((_, place) => place) },
      default_int64: { int: levels.length },
    },
  });
  return graph.node('Gather', [graph.constant({ floats: values }, [levels.length]), index], {
    attributes: { axis: { int: 0 } },
  });
}
