import {
  fillHistogram,
  type Gradients,
  type HistogramLayout,
  HistogramPool,
  layoutOf,
  type Scratch,
  subtractHistogram,
} from './histogram.ts';
import { findSplit, type LeafSums, type SearchFeature, type Split, type SplitRules } from './split-search.ts';
import type { Tree, TreeNode } from './tree.ts';

export interface GrowthRules extends SplitRules {
  readonly leaves: number;
  /** Splits from the root to a leaf at most, or null for no cap. */
  readonly depth: number | null;
  readonly learningRate: number;
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly sums: LeafSums;
  histogram: Float64Array | null;
  split: Split | null;
}

/** float32's largest: "missing against all others" is a threshold that no number exceeds. */
const largest = 3.4028234663852886e38;

/** Grows trees over the same binned features: the leaf with the largest gain is split next. */
export class TreeGrower {
  readonly #features: readonly SearchFeature[];
  readonly #layout: HistogramLayout;
  readonly #pool: HistogramPool;
  readonly #order: Uint32Array;
  readonly #moved: Uint32Array;
  readonly #scratch: Scratch;
  readonly #rules: GrowthRules;

  constructor(features: readonly SearchFeature[], rows: number, rules: GrowthRules) {
    this.#features = features;
    this.#layout = layoutOf(features);
    this.#pool = new HistogramPool(this.#layout.length);
    this.#order = new Uint32Array(rows);
    this.#moved = new Uint32Array(rows);
    this.#scratch = { gradients: new Float32Array(rows), hessians: new Float32Array(rows) };
    this.#rules = rules;
  }

  /** One tree; adds its leaves' values to `scores` of the training rows. */
  grow(gradients: Gradients, scores: Float64Array): Tree {
    const nodes: TreeNode[] = [{ kind: 'leaf', value: 0 }];
    const leaves = [this.#root(gradients)];
    while (leaves.length < this.#rules.leaves) {
      const index = bestLeaf(leaves);
      if (index < 0) break;
      const leaf = leaves[index]!;
      const [yes, no] = this.#divide(leaf, gradients, nodes);
      leaves.splice(index, 1, yes, no);
    }
    for (const leaf of leaves) this.#settle(leaf, nodes, scores);
    return nodes;
  }

  #root(gradients: Gradients): Leaf {
    const rows = this.#order.length;
    for (let row = 0; row < rows; row++) this.#order[row] = row;
    const leaf: Leaf = {
      node: 0,
      from: 0,
      to: rows,
      depth: 0,
      sums: sumsOf(gradients),
      histogram: this.#pool.take(),
      split: null,
    };
    this.#fill(leaf, gradients);
    return this.#searched(leaf);
  }

  #divide(leaf: Leaf, gradients: Gradients, nodes: TreeNode[]): [Leaf, Leaf] {
    const split = leaf.split!;
    const middle = this.#partition(leaf, split);
    const depth = leaf.depth + 1;
    const sums = {
      gradient: leaf.sums.gradient - split.yes.gradient,
      hessian: leaf.sums.hessian - split.yes.hessian,
      rows: leaf.sums.rows - split.yes.rows,
    };
    const child = { depth, histogram: null, split: null };
    const yes: Leaf = { ...child, node: nodes.length, from: leaf.from, to: middle, sums: split.yes };
    const no: Leaf = { ...child, node: nodes.length + 1, from: middle, to: leaf.to, sums };
    nodes.push({ kind: 'leaf', value: 0 }, { kind: 'leaf', value: 0 });
    nodes[leaf.node] = this.#splitNode(split, yes.node, no.node);
    this.#shareHistogram(leaf, yes, no, gradients);
    return [this.#searched(yes), this.#searched(no)];
  }

  #splitNode(split: Split, yes: number, no: number): TreeNode {
    const { cuts } = this.#features[split.feature]!;
    // Categories are coded by rank, and rank r lies alone in bin r.
    const threshold = split.equal ? split.bin : (cuts[split.bin] ?? largest);
    const { feature, equal, missingYes } = split;
    return { kind: 'split', feature, threshold, equal, missingYes, yes, no };
  }

  /** Moves the rows of `yes` before those of `no`, both in their old order; returns where `no` begins. */
  #partition({ from, to }: Leaf, split: Split): number {
    const { codes, bins } = this.#features[split.feature]!;
    const goesYes = new Uint8Array(bins + 1);
    for (let bin = 0; bin < bins; bin++)
      goesYes[bin] = (split.equal ? bin === split.bin : bin <= split.bin) ? 1 : 0;
    goesYes[bins] = split.missingYes ? 1 : 0;
    const order = this.#order;
    const moved = this.#moved;
    let yes = from;
    let no = 0;
    for (let k = from; k < to; k++) {
      const row = order[k]!;
      if (goesYes[codes[row]!] === 1) order[yes++] = row;
      else moved[no++] = row;
    }
    for (let k = 0; k < no; k++) order[yes + k] = moved[k]!;
    return yes;
  }

  #shareHistogram(parent: Leaf, yes: Leaf, no: Leaf, gradients: Gradients): void {
    const [small, large] = yes.to - yes.from <= no.to - no.from ? [yes, no] : [no, yes];
    small.histogram = this.#pool.take();
    this.#fill(small, gradients);
    subtractHistogram(parent.histogram!, small.histogram);
    large.histogram = parent.histogram;
    parent.histogram = null;
  }

  #fill(leaf: Leaf, gradients: Gradients): void {
    const { from, to } = leaf;
    const rows = { order: this.#order, from, to };
    fillHistogram(leaf.histogram!, this.#features, this.#layout, gradients, rows, this.#scratch);
  }

  #searched(leaf: Leaf): Leaf {
    const deep = this.#rules.depth !== null && leaf.depth >= this.#rules.depth;
    if (!deep && leaf.sums.rows >= 2 * this.#rules.minimumRows)
      leaf.split = findSplit(leaf.histogram!, this.#features, this.#layout, leaf.sums, this.#rules);
    return leaf;
  }

  /** Newton's step for the leaf, shrunk, as float32: what the exported tree will add. */
  #settle(leaf: Leaf, nodes: TreeNode[], scores: Float64Array): void {
    const { gradient, hessian } = leaf.sums;
    const step = (-this.#rules.learningRate * gradient) / (hessian + this.#rules.lambda + 1e-15);
    const value = Math.fround(step);
    nodes[leaf.node] = { kind: 'leaf', value };
    for (let k = leaf.from; k < leaf.to; k++) scores[this.#order[k]!]! += value;
    this.#pool.give(leaf.histogram!);
  }
}

function bestLeaf(leaves: readonly Leaf[]): number {
  let best = -1;
  leaves.forEach((leaf, index) => {
    if (leaf.split && (best < 0 || leaf.split.gain > leaves[best]!.split!.gain)) best = index;
  });
  return best;
}

function sumsOf({ gradients, hessians }: Gradients): LeafSums {
  let gradient = 0;
  for (const value of gradients) gradient += value;
  let hessian = gradients.length;
  if (hessians) {
    hessian = 0;
    for (const value of hessians) hessian += value;
  }
  return { gradient, hessian, rows: gradients.length };
}
