export interface StoredCache {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  readonly blob: string;
  done: boolean;
}

export interface StoredArtifact {
  readonly id: number;
  readonly run: string;
  readonly name: string;
  readonly blob: string;
  size: number;
  digest: string | null;
  done: boolean;
}

type Request = Record<string, unknown>;
export type Methods = Readonly<Record<string, (request: Request, run: string) => readonly [number, object]>>;

/** Protobuf's wrappers of a value that may be absent come as objects or bare. */
const bare = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && 'value' in value ? value.value : value;

export function serviceMethods(
  caches: StoredCache[],
  artifacts: StoredArtifact[],
  urlOf: (blob: string) => string,
): Methods {
  let id = 1;
  const ofRun = (run: string, name: unknown) => artifacts.find((one) => one.run === run && one.name === name);
  const missing = [404, { code: 'not_found', msg: 'not found' }] as const;
  return {
    CreateCacheEntry: ({ key, version }) => {
      if (caches.some((one) => one.key === key && one.version === version))
        return [200, { ok: false, message: 'cache entry already exists' }];
      const entry = { id, key: String(key), version: String(version), blob: `cache-${id++}`, done: false };
      caches.push(entry);
      return [200, { ok: true, signed_upload_url: urlOf(entry.blob) }];
    },
    FinalizeCacheEntryUpload: ({ key, version }) => {
      const entry = caches.find((one) => one.key === key && one.version === version);
      if (!entry) return [200, { ok: false }];
      entry.done = true;
      return [200, { ok: true, entry_id: String(entry.id) }];
    },
    GetCacheEntryDownloadURL: ({ key, version, restore_keys: others }) => {
      const known = caches.filter((one) => one.done && one.version === version);
      const exact = known.find((one) => one.key === key);
      const near = [key, ...((others as string[] | undefined) ?? [])]
        .map((prefix) => known.findLast((one) => one.key.startsWith(String(prefix))))
        .find((one) => one !== undefined);
      const entry = exact ?? near;
      return [
        200,
        entry ? { ok: true, signed_download_url: urlOf(entry.blob), matched_key: entry.key } : { ok: false },
      ];
    },
    CreateArtifact: ({ name }, run) => {
      if (ofRun(run, name))
        return [
          409,
          { code: 'already_exists', msg: 'an artifact with this name already exists on the workflow run' },
        ];
      const artifact = {
        id,
        run,
        name: String(name),
        blob: `artifact-${id++}.zip`,
        size: 0,
        digest: null,
        done: false,
      };
      artifacts.push(artifact);
      return [200, { ok: true, signed_upload_url: urlOf(artifact.blob) }];
    },
    FinalizeArtifact: ({ name, size, hash }, run) => {
      const artifact = ofRun(run, name);
      if (!artifact) return missing;
      Object.assign(artifact, {
        size: Number(size),
        digest: (bare(hash) as string | undefined) ?? null,
        done: true,
      });
      return [200, { ok: true, artifact_id: String(artifact.id) }];
    },
    ListArtifacts: ({ name_filter: name, id_filter: wanted }, run) => {
      const own = artifacts.filter(
        (one) =>
          one.done &&
          one.run === run &&
          (name == null || bare(name) === one.name) &&
          (wanted == null || String(bare(wanted)) === String(one.id)),
      );
      return [
        200,
        {
          artifacts: own.map((one) => ({
            workflow_run_backend_id: one.run,
            workflow_job_run_backend_id: `job-${one.run}`,
            database_id: String(one.id),
            name: one.name,
            size: String(one.size),
            created_at: new Date(0).toISOString(),
            digest: one.digest,
          })),
        },
      ];
    },
    GetSignedArtifactURL: ({ name }, run) => {
      const artifact = ofRun(run, name);
      return artifact ? [200, { signed_url: urlOf(artifact.blob) }] : missing;
    },
    DeleteArtifact: ({ name }, run) => {
      const artifact = ofRun(run, name);
      if (!artifact) return missing;
      artifacts.splice(artifacts.indexOf(artifact), 1);
      return [200, { ok: true, artifact_id: String(artifact.id) }];
    },
  };
}
