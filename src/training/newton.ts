import { logistic, logLoss } from './arithmetic.ts';
import type { DesignMatrix } from './design-matrix.ts';

/** Loss of a row by its sum z and label y: value, first and second derivative in z. */
export interface Loss {
  readonly value: (z: number, y: number) => number;
  readonly gradient: (z: number, y: number) => number;
  readonly hessian: (z: number) => number;
}

export const crossEntropy: Loss = {
  value: logLoss,
  gradient: (z, y) => logistic(z) - y,
  hessian: (z) => {
    const probability = logistic(z);
    return probability * (1 - probability);
  },
};

export const squaredError: Loss = {
  value: (z, y) => ((z - y) * (z - y)) / 2,
  gradient: (z, y) => z - y,
  hessian: () => 1,
};

const mostSteps = 100;
const mostInnerSteps = 500;
/** Largest gradient entry per row at which the optimum is reached. */
const tolerance = 1e-9;

/**
 * Minimises Σ loss + λ/2 · |w|² (the intercept free) by Newton's method, the step found by conjugate gradients
 * with the diagonal as preconditioner (Nocedal & Wright, Numerical Optimization, 7.1): no matrix is stored.
 */
export function minimise(
  design: DesignMatrix,
  labels: Float64Array,
  loss: Loss,
  lambda: number,
  progress: (iteration: number, loss: number) => void = () => {},
): Float64Array {
  const penalty = new Float64Array(design.width).fill(lambda);
  penalty[0] = 0;
  let weights: Float64Array = new Float64Array(design.width);
  let sums = design.times(weights);
  let value = objective(sums, labels, loss, weights, penalty);
  for (let step = 1; step <= mostSteps; step++) {
    const gradient = design.transposedTimes(sums.map((z, row) => loss.gradient(z, labels[row]!)));
    gradient.forEach((_, index) => {
      gradient[index]! += penalty[index]! * weights[index]!;
    });
    if (gradient.every((entry) => Math.abs(entry) <= tolerance * design.rows)) break;
    const direction = solve(design, sums.map(loss.hessian), penalty, gradient);
    const move = design.times(direction);
    let size = 1;
    for (; size > 1e-6; size /= 2) {
      const tried = weights.map((weight, index) => weight + size * direction[index]!);
      const triedSums = sums.map((z, row) => z + size * move[row]!);
      const triedValue = objective(triedSums, labels, loss, tried, penalty);
      if (triedValue > value) continue;
      weights = tried;
      sums = triedSums;
      value = triedValue;
      break;
    }
    if (size <= 1e-6) break;
    progress(step, value / design.rows);
  }
  return weights;
}

function objective(
  sums: Float64Array,
  labels: Float64Array,
  loss: Loss,
  weights: Float64Array,
  penalty: Float64Array,
): number {
  let total = 0;
  for (let row = 0; row < sums.length; row++) total += loss.value(sums[row]!, labels[row]!);
  for (let index = 0; index < weights.length; index++)
    total += (penalty[index]! * weights[index]! * weights[index]!) / 2;
  return total;
}

/** (XᵀHX + penalty)·d = −gradient. */
function solve(
  design: DesignMatrix,
  hessians: Float64Array,
  penalty: Float64Array,
  gradient: Float64Array,
): Float64Array {
  const diagonal = design.squares(hessians).map((square, index) => square + penalty[index]! + 1e-12);
  const apply = (vector: Float64Array): Float64Array => {
    const product = design.transposedTimes(design.times(vector).map((z, row) => z * hessians[row]!));
    return product.map((entry, index) => entry + penalty[index]! * vector[index]!);
  };
  const solution = new Float64Array(design.width);
  const residual = gradient.map((entry) => -entry);
  const enough = 1e-12 * dot(residual, residual);
  let conditioned = residual.map((entry, index) => entry / diagonal[index]!);
  const direction = Float64Array.from(conditioned);
  let product = dot(residual, conditioned);
  for (let step = 0; step < mostInnerSteps && dot(residual, residual) > enough; step++) {
    const image = apply(direction);
    const curvature = dot(direction, image);
    if (curvature <= 0) break;
    const length = product / curvature;
    for (let index = 0; index < solution.length; index++) {
      solution[index]! += length * direction[index]!;
      residual[index]! -= length * image[index]!;
    }
    conditioned = residual.map((entry, index) => entry / diagonal[index]!);
    const next = dot(residual, conditioned);
    for (let index = 0; index < direction.length; index++)
      direction[index] = conditioned[index]! + (next / product) * direction[index]!;
    product = next;
  }
  return solution;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
