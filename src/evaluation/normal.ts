/**
 * The value that a standard normal variable stays below with this probability.
 * Source: Wichura 1988, algorithm AS 241 (PPND16), relative accuracy about 1e-16.
 */
export function normalQuantile(probability: number): number {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(0.180625 - q * q, centre);
  const tail = Math.sqrt(-Math.log(q < 0 ? probability : 1 - probability));
  const size = tail <= 5 ? ratio(tail - 1.6, near) : ratio(tail - 5, far);
  return q < 0 ? -size : size;
}

/** Probability that a standard normal variable is at most x. Source: Marsaglia 2004, a Taylor series around 0. */
export function normalProbability(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x;
  let term = x;
  // Within 8 of 0 the terms are below rounding long before this many.
  for (let odd = 3; odd < 400 && Math.abs(term) > 1e-300; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** The 0.975 quantile: a two-sided 95 % interval reaches this many standard errors to either side. */
export const z95 = 1.959963984540054;

type Ratio = readonly [numerator: readonly number[], denominator: readonly number[]];

function ratio(x: number, [numerator, denominator]: Ratio): number {
  return polynomial(x, numerator) / polynomial(x, denominator);
}

/** Coefficients from the constant upwards. */
const polynomial = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

const centre: Ratio = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];

const near: Ratio = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];

const far: Ratio = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];
