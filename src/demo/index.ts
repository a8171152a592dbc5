// What `npm start` tells: the whole way on a laptop, by the very commands a reader can type.
export { type DemoOptions, runDemo } from './demo.ts';
export type { Summary } from './summary.ts';
