/** A tool of the outside that this machine does not have and cannot get: a skip, or under `CI=true` a failure. */
export class Unavailable extends Error {}
