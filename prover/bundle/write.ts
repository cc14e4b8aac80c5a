import { copyFile, link, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '#prover/bundle/files.js'
import {
  type BundleFile,
  type FileEntry,
  filesWith,
  type Manifest,
  type ManifestBody,
  manifestName,
} from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'

/** A file of another bundle that becomes one of this, with the hash that was checked there. */
export interface SharedFile {
  readonly path: string
  readonly entry: FileEntry
}

type Contents = Readonly<Partial<Record<BundleFile, Uint8Array | SharedFile>>>

/** Files that tell weights where these are committed: for their owner alone. */
const secretFiles: ReadonlySet<BundleFile> = new Set([
  'model.onnx',
  'model.q.json',
  'report.json',
  // Has bounds of the weights.
  'witness.plan',
  'weights.private.json',
])

/** Fills a bundle's directory: the files that its kind of weights asks for, and the manifest with their hashes. */
export async function writeBundle(
  directory: string,
  facts: Omit<ManifestBody, 'files'>,
  contents: Contents,
): Promise<void> {
  const { schema, view, name, modelHash, circuitHash, vkHash, ...rest } = facts
  const names = filesWith(facts.weights, (name) => contents[name] !== undefined)
  const entries = names.map((file) => [file, entryOf(contents[file]!)] as const)
  const files = Object.fromEntries(entries) as Manifest['files']
  const manifest: ManifestBody = { schema, view, name, modelHash, circuitHash, vkHash, files, ...rest }
  for (const file of names) {
    const content = contents[file]!
    const target = join(directory, file)
    const mode = facts.weights === 'committed' && secretFiles.has(file) ? 0o600 : 0o644
    if (content instanceof Uint8Array) await writeFile(target, content, { flush: true, mode })
    else await share(content.path, target)
  }
  await writeFile(join(directory, manifestName), manifestText(manifest), { flush: true })
}

function entryOf(content: Uint8Array | SharedFile): FileEntry {
  return content instanceof Uint8Array
    ? { sha256: sha256(content), bytes: content.length }
    : { sha256: content.entry.sha256, bytes: content.entry.bytes }
}

/** A second name for the file, or a copy where the file system has none: proving keys are large. */
async function share(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to))
}
