/** Whoever a workflow's own token is to GitHub: what is committed and tagged with it is shown as this account's. */
const bot = {
  name: 'github-actions[bot]',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
} as const;

/** Names the author of commits and tags, where the job names nobody. */
export function actAsBot(env: Record<string, string | undefined> = process.env): void {
  for (const role of ['AUTHOR', 'COMMITTER']) {
    env[`GIT_${role}_NAME`] ??= bot.name;
    env[`GIT_${role}_EMAIL`] ??= bot.email;
  }
}
