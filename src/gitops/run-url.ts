/** Where people can look up what a runner did, its attempts alike; null on a laptop. */
export function runUrl({
  GITHUB_SERVER_URL: server,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: run,
}: NodeJS.ProcessEnv): string | null {
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : null;
}
