import { sha256 } from '#prover/bundle/files.js'
import type { Manifest, ManifestBody } from '#prover/bundle/manifest.js'

/** The one text of a manifest: its body's SHA-256 added, indented JSON. */
export function manifestText(body: ManifestBody): string {
  const digest = sha256(new TextEncoder().encode(JSON.stringify(body)))
  const manifest: Manifest = { ...body, digest }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
