import { stringify } from 'yaml';
import type { InputColumn, Task } from '../model/index.ts';

/** What `init` found out about a table. */
export interface Proposal {
  readonly model: string;
  /** Key in data.lock. */
  readonly dataset: string;
  readonly task: Task;
  readonly target: string;
  readonly positive?: string;
  readonly rowId?: string;
  readonly time?: string;
  /** Judge by k folds, where one held-out share would be too few rows. */
  readonly folds?: number;
  readonly slices: readonly string[];
  readonly inputs: readonly InputColumn[];
  readonly policy: string;
}

/** Every file of a new model by its path from the root. */
export function proposedFiles(proposal: Proposal): Map<string, string> {
  const { model } = proposal;
  return new Map([
    [`pipelines/${model}/pipeline.yaml`, pipelineYaml(proposal)],
    [`models/${model}/model.yaml`, modelYaml(proposal)],
    [`models/${model}/policy.yaml`, proposal.policy],
    ...deployFiles(model),
  ]);
}

function pipelineYaml({ model, dataset, target, positive, rowId, time, folds, slices }: Proposal): string {
  const byFolds = folds !== undefined;
  const split = {
    uses: 'split',
    inputs: [`data:${dataset}`],
    params: ['seed', ...(byFolds ? [] : ['test-share']), ...(time ? ['time'] : [])],
    outputs: byFolds ? ['table.parquet'] : ['train.parquet', 'test.parquet'],
  };
  const train = {
    uses: 'trees',
    inputs: [byFolds ? 'table.parquet' : 'train.parquet'],
    params: ['seed', 'trees', 'learning-rate', ...(time ? ['dates'] : []), 'unknown'],
    outputs: ['model.onnx', ...(byFolds ? ['predictions.parquet'] : [])],
  };
  const file = {
    'runs-on': 'ubuntu-latest',
    params: {
      seed: 7,
      ...(byFolds ? {} : { 'test-share': 0.2 }),
      ...(time ? { time } : {}),
      trees: 100,
      'learning-rate': 0.1,
      ...(time ? { dates: 'cycles' } : {}),
      unknown: 'ignore',
    },
    stages: { split, train },
    evaluate: {
      model: 'model.onnx',
      ...(byFolds ? { predictions: 'predictions.parquet' } : {}),
      data: byFolds ? 'table.parquet' : 'test.parquet',
      target,
      ...(positive === undefined ? {} : { positive }),
      'row-id': rowId ?? 'row_id',
      ...(slices.length > 0 ? { slices } : {}),
      ...(byFolds ? { folds } : {}),
    },
  };
  return `# How ${model} is made: change what you like, \`lockstep plan\` says what would run.\n${yaml(file)}`;
}

function modelYaml({ model, task, target, positive, inputs }: Proposal): string {
  const file = {
    task,
    description: `${target} of ${model}`,
    owner: 'your team',
    inputs,
    output: { name: target, ...(positive === undefined ? {} : { positive }) },
  };
  return `# What the model takes and gives. Types and ranges were inferred from the table, ranges with room to spare:\n# requests outside them are refused.\n${yaml(file)}`;
}

/** A value or name that some reader of YAML takes for something else than text (yes, on, 1) is written in quotes. */
const yaml = (value: unknown): string => stringify(value, { lineWidth: 120, compat: 'yaml-1.1' });

/** A kustomize base, and a patch for each environment: what people review before a model may run somewhere. */
function deployFiles(model: string): [string, string][] {
  const label = `{app.kubernetes.io/name: ${model}}`;
  const patch = (replicas: number) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${model}\nspec:\n  replicas: ${replicas}\n`;
  const file = (name: string, text: string): [string, string] => [`models/${model}/deploy/${name}`, text];
  return [
    file(
      'kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [deployment.yaml, service.yaml]\n',
    ),
    file(
      'deployment.yaml',
      `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${model}
  labels: ${label}
spec:
  replicas: 1
  selector:
    matchLabels: ${label}
  template:
    metadata:
      labels: ${label}
    spec:
      securityContext: {runAsNonRoot: true, runAsUser: 65532}
      containers:
        - name: model
          image: model # kustomization.yaml of each environment puts the digest here
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /v2/health/ready, port: http}}
          livenessProbe: {httpGet: {path: /v2/health/live, port: http}}
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {memory: 512Mi}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true}
`,
    ),
    file(
      'service.yaml',
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${model}\nspec:\n  selector: ${label}\n  ports: [{name: http, port: 80, targetPort: http}]\n`,
    ),
    file('dev.yaml', patch(1)),
    file('staging.yaml', patch(1)),
    file('production.yaml', patch(2)),
  ];
}
