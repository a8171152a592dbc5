import { existsSync, readFileSync, rmSync } from 'node:fs';
import { statePath, type Workspace, writeAtomic } from '../../../workspace/index.ts';

export const canaryActions = ['pause', 'resume', 'abort', 'promote'] as const;
export type CanaryAction = (typeof canaryActions)[number];

/** What a person told the agent about one canary, as a file that the agent takes away once it has obeyed. */
export interface CanaryOrder {
  readonly action: CanaryAction;
  /** The canary it is about: an order for an earlier one does nothing. */
  readonly image: string;
  readonly by: string;
  readonly reason: string | null;
}

interface OrderPlace {
  readonly workspace: Workspace;
  readonly model: string;
  readonly environment: string;
}

const orderPath = ({ workspace, model, environment }: OrderPlace): string =>
  statePath(workspace, 'agent', model, environment, 'canary-order.json');

export const writeOrder = (place: OrderPlace, order: CanaryOrder): void =>
  writeAtomic(orderPath(place), `${JSON.stringify(order)}\n`);

/** Null for none; a file that is no order, which no command of ours writes, is taken away. */
export function readOrder(place: OrderPlace): CanaryOrder | null {
  if (!existsSync(orderPath(place))) return null;
  try {
    return JSON.parse(readFileSync(orderPath(place), 'utf8')) as CanaryOrder;
  } catch {
    removeOrder(place);
    return null;
  }
}

export const removeOrder = (place: OrderPlace): void => rmSync(orderPath(place), { force: true });
