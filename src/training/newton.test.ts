import { expect, test } from 'vitest';
import { DesignMatrix } from './design-matrix.ts';
import { crossEntropy, minimise, squaredError } from './newton.ts';
import { generator } from './synthetic-table.ts';

/** Two numbers, a category of three, and a class: what the optima below were computed from. */
function sample() {
  const random = generator(4);
  const rows = Array.from({ length: 120 }, () => {
    const a = random() * 2 - 1;
    const b = random() * 3;
    const c = Math.floor(random() * 3);
    return { a, b, c, y: a + b - c + (random() * 4 - 2) > 0.5 ? 1 : 0 };
  });
  const design = new DesignMatrix(
    [
      { kind: 'dense', values: Float32Array.from(rows, ({ a }) => a) },
      { kind: 'dense', values: Float32Array.from(rows, ({ b }) => b) },
      { kind: 'codes', codes: Int32Array.from(rows, ({ c }) => c), size: 3 },
    ],
    rows.length,
  );
  return { design, labels: Float64Array.from(rows, ({ y }) => y) };
}

// scikit-learn 1.9.1: LogisticRegression(C=1/0.5, tol=1e-12, solver='newton-cholesky') on the one-hot matrix.
const logisticOptimum = [
  -2.0108739431866547, 1.0422075282543277, 1.7186838780340357, 1.0947981947702008, 0.13800074712062735,
  -1.2327989418908285,
];
// scikit-learn 1.9.1: Ridge(alpha=0.5, solver='cholesky').
const ridgeOptimum = [
  0.168394053404334, 0.17049635476406141, 0.2823692436842843, 0.17617880581461934, 0.027616930646793447,
  -0.20379573646140403,
];

test('logistic regression reaches the known optimum', () => {
  const { design, labels } = sample();
  const weights = minimise(design, labels, crossEntropy, 0.5);
  weights.forEach((weight, index) => {
    expect(weight).toBeCloseTo(logisticOptimum[index]!, 7);
  });
});

test('ridge regression reaches the known optimum', () => {
  const { design, labels } = sample();
  const weights = minimise(design, labels, squaredError, 0.5);
  weights.forEach((weight, index) => {
    expect(weight).toBeCloseTo(ridgeOptimum[index]!, 7);
  });
});

test('classes that a line separates, without a penalty, end in finite weights', () => {
  const values = Float32Array.from({ length: 40 }, (_, row) => row - 19.5);
  const design = new DesignMatrix([{ kind: 'dense', values }], 40);
  const labels = Float64Array.from(values, (value) => (value > 0 ? 1 : 0));
  const losses: number[] = [];
  const weights = minimise(design, labels, crossEntropy, 0, (_, loss) => losses.push(loss));
  expect(weights.every(Number.isFinite)).toBe(true);
  expect(losses.at(-1)).toBeLessThan(1e-6);
  expect(losses).toEqual([...losses].sort((a, b) => b - a));
});
