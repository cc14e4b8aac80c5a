/** What to do next where a contract refuses, by the name of its error. */
export const refusalHints: Readonly<Record<string, string>> = {
  VersionNotFound: 'Check model, version, registry and chain: there is none of this number.',
  VersionNotUsable: 'Name a version that there is and that is not revoked.',
}
