/** Lets this process speak to the registry of images with the job's token, unless the job passes one of its own. */
export function giveRegistryToken(
  token: string | null,
  env: Record<string, string | undefined> = process.env,
): void {
  if (token !== null) env.LOCKSTEP_REGISTRY_TOKEN ||= token;
}
