/** A job's OIDC token for an audience, where its workflow grants `id-token: write`; null elsewhere. */
export async function idToken(
  audience: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (!url || !token) return null;
  const asked = new URL(url);
  asked.searchParams.set('audience', audience);
  const answer = await fetch(asked, {
    headers: { authorization: `bearer ${token}`, accept: 'application/json' },
    signal: AbortSignal.timeout(30_000),
  }).catch(() => null);
  if (!answer?.ok) return null;
  const { value } = (await answer.json()) as { value?: unknown };
  return typeof value === 'string' ? value : null;
}
