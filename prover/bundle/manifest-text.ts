import { sha256 } from '#prover/bundle/files.js'
import type { ManifestBody, PublicManifestBody } from '#prover/bundle/manifest.js'

/** The one text of a manifest: its body's SHA-256 added, indented JSON. */
export function manifestText(body: ManifestBody | PublicManifestBody): string {
  const digest = sha256(new TextEncoder().encode(JSON.stringify(body)))
  return `${JSON.stringify({ ...body, digest }, null, 2)}\n`
}
