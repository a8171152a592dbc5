import { setOutput } from '@actions/core';

/** Sets every output of an action; what is neither text nor number becomes JSON, and null the empty text. */
export function setOutputs(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) setOutput(name, value);
}
