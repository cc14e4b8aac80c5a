import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder, removed when the test that calls this ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
