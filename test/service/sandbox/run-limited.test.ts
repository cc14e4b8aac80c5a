import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { defaultLimits } from '#circuits/import/limits.js'
import { distFile, packageRoot } from '#circuits/paths.js'
import type { BuildRequest } from '#service/builds/build-child.js'
import { readBuildOptions } from '#service/builds/build-options.js'
import { inWorkspace, sweepWorkspaces } from '#service/builds/workspace.js'
import { type LimitedRun, runLimited } from '#service/sandbox/run-limited.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The build of a model of the project, as a worker runs it. */
function buildOf(model: string, options: unknown, more: Partial<LimitedRun<BuildRequest, string>> = {}) {
  const read = (file: string) => readFileSync(join(packageRoot, 'test', 'models', model, file))
  const input = [read('model.onnx'), read('calibration.npz')] as const
  const lengths = [input[0].length, input[1].length] as const
  const { build } = readBuildOptions(options)
  const directory = join(mkdtempSync(join(folder, 'bundle-')), 'bundle')
  return {
    script: 'service/builds/build-child.js',
    request: { lengths, limits: defaultLimits, name: 'x', options: build, directory },
    ...{ input, doing: 'the build', memory: 2 ** 31, timeout: 60_000 },
    variables: { TMPDIR: folder },
    ...more,
  }
}

describe('a build in a child process', () => {
  test('that needs more memory than allowed is too large', async () => {
    await expect(runLimited(buildOf('digits-cnn', {}, { memory: 100 * 2 ** 20 }))).rejects.toMatchObject({
      code: 'MODEL_TOO_LARGE',
    })
  })

  test('that takes too long is ended, and the compiler with it', async () => {
    let compiling = ''
    const onProgress = (stage: string): void => {
      compiling = stage
    }
    await expect(runLimited(buildOf('digits-cnn', {}, { timeout: 2000, onProgress }))).rejects.toMatchObject({
      code: 'TIMEOUT',
    })
    expect(compiling).not.toBe('')
    // Killed, the compiler is gone as soon as the system has a moment.
    while (process.platform === 'linux' && processesIn(folder).length > 0) await setTimeout(50)
  })

  test('does not begin where it is cancelled already', async () => {
    await expect(
      runLimited(buildOf('digits-cnn', {}, { signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe.runIf(process.platform === 'linux')('a build whose service is killed', () => {
  // Quantising holds the child's thread; compiling is a process of its own.
  test.each([
    ['quantise', 'mnist-mlp', { targetAgreement: 1 }],
    ['compile', 'digits-cnn', {}],
  ])(
    'ends in the stage %s',
    async (stage, model, options) => {
      const run = buildOf(model, options)
      const parent = startParent(run)
      await said(parent, stage)
      const least = stage === 'compile' ? 2 : 1
      while (processesIn(folder).length < least) await setTimeout(20)
      parent.kill('SIGKILL')
      while (processesIn(folder).length > 0) await setTimeout(50)
    },
    60_000,
  )
})

describe('workspaces', () => {
  test('of processes that live stay, others go', async () => {
    const root = mkdtempSync(join(folder, 'root-'))
    await inWorkspace(root, async (mine) => {
      const dead = mine.replace(`-${process.pid}-`, '-999999999-')
      mkdirSync(dead)
      writeFileSync(join(dead, 'x'), '')
      mkdirSync(join(root, 'other'))
      await sweepWorkspaces(root)
      expect(existsSync(mine)).toBe(true)
      expect(existsSync(dead)).toBe(false)
    })
    expect(readdirSync(root)).toEqual(['other'])
  })
})

/** Processes whose temporary files go into a folder: the child and what it started. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${folder}`)
    } catch {
      return false
    }
  })
}

/** A process that runs a build and tells its stages. */
function startParent(run: object): ChildProcess {
  const script = `
    const { runLimited } = await import(${JSON.stringify(distFile('service/sandbox/run-limited.js'))})
    const run = await new Promise((resolve) => process.once('message', resolve))
    await runLimited({ ...run, onProgress: (stage) => console.log(stage) })`
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const
  const args = ['--input-type=module', '-e', script]
  const parent = spawn(process.execPath, args, { stdio: [...stdio], serialization: 'advanced' })
  parent.send(run)
  return parent
}

async function said(child: ChildProcess, word: string): Promise<void> {
  for await (const chunk of child.stdout!) if (String(chunk).includes(word)) return
}
