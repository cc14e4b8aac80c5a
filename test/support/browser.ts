import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { packageRoot } from '#circuits/paths.js'
import { onPath } from './on-path.js'

export const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(onPath)

/** How long a report may take, in ms. */
const patience = 100_000

const types: Readonly<Record<string, string>> = { js: 'text/javascript', wasm: 'application/wasm' }

/**
 * Runs a script in a headless browser and returns what it gives to `report`. Files of the project lie under `/`, with
 * the imports of compiled ones resolved as a bundler would.
 *
 * @param script a module's text
 * @param files more files by path
 * @param isIsolated whether the page may share memory with its workers
 */
export async function runInBrowser(
  script: string,
  files: Readonly<Record<string, Uint8Array>>,
  isIsolated: boolean,
): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), 'zkserve-browser-'))
  let report: (text: string) => void
  const reported = new Promise<string>((resolve) => {
    report = resolve
  })
  const prelude = `const report = (value) => fetch('/report', { method: 'POST', body: JSON.stringify(value) })
addEventListener('error', (event) => report({ error: event.message }))
addEventListener('unhandledrejection', (event) => report({ error: String(event.reason) }))
`
  const server = createServer((request, response) => {
    const path = normalize(request.url!.split('?')[0]!)
    if (isIsolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    }
    if (path === '/report') {
      let text = ''
      request.on('data', (chunk) => {
        text += chunk
      })
      request.on('end', () => {
        response.end()
        report(text)
      })
      return
    }
    response.setHeader('Content-Type', types[path.split('.').at(-1)!] ?? 'text/html')
    if (path === '/') response.end('<!doctype html><script type="module" src="/script.js"></script>')
    else if (path === '/script.js') response.end(prelude + script)
    else if (files[path] !== undefined) response.end(files[path])
    else if (existsSync(join(packageRoot, path))) response.end(projectFile(path))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const options = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`]
  const child = spawn(browser!, [...options, `http://127.0.0.1:${port}/`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  let messages = ''
  child.stderr.on('data', (chunk) => {
    messages += chunk
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const failed = Promise.race([ended, setTimeout(patience, undefined, { ref: false })]).then(() => {
    throw new Error(`the browser gave no report: ${messages}`)
  })
  try {
    return JSON.parse(await Promise.race([reported, failed]))
  } finally {
    failed.catch(() => undefined)
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
    await ended
    server.closeAllConnections()
    server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

function projectFile(path: string): Uint8Array | string {
  const file = join(packageRoot, path)
  if (!path.endsWith('.js')) return readFileSync(file)
  return readFileSync(file, 'utf8').replaceAll(/'#(circuits|prover)\//g, "'/dist/$1/")
}
