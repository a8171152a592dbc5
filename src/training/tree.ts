/**
 * A node of a tree. A split sends a row to `yes` when its value is ≤ the threshold, or equals it (`equal`: one
 * category against the rest); a missing value goes where `missingYes` says. A leaf adds its value.
 */
export type TreeNode =
  | {
      readonly kind: 'split';
      readonly feature: number;
      readonly threshold: number;
      readonly equal: boolean;
      readonly missingYes: boolean;
      readonly yes: number;
      readonly no: number;
    }
  | { readonly kind: 'leaf'; readonly value: number };

/** Nodes by number; the root is 0. */
export type Tree = readonly TreeNode[];

/** Sum of the trees' leaves for each row, on top of `base`; features column by column. */
export function predictTrees(
  trees: readonly Tree[],
  base: number,
  features: readonly Float32Array[],
  rows: number,
): Float64Array {
  const sums = new Float64Array(rows).fill(base);
  for (const tree of trees) for (let row = 0; row < rows; row++) sums[row]! += leafOf(tree, features, row);
  return sums;
}

function leafOf(tree: Tree, features: readonly Float32Array[], row: number): number {
  let node = tree[0]!;
  while (node.kind === 'split') {
    const value = features[node.feature]![row]!;
    const yes = Number.isNaN(value)
      ? node.missingYes
      : node.equal
        ? value === node.threshold
        : value <= node.threshold;
    node = tree[yes ? node.yes : node.no]!;
  }
  return node.value;
}
