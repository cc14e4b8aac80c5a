import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { distFile, packageRoot } from '#circuits/paths.js'
import { loadBundle } from '#prover/bundle/load.js'
import { randomSource } from '../../support/random-graph.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const cli = distFile('service/cli/main.js')
const model = join(packageRoot, 'test', 'models', 'digits-cnn')

function startBuild(dir: string): ChildProcess {
  const data = join(model, 'calibration.npz')
  const args = [cli, 'build', join(model, 'model.onnx'), '--calibration', data, '--out', dir, '--json']
  return spawn(process.execPath, args, { stdio: 'ignore' })
}

/** The files of builds that are under way in a folder. */
function staged(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => (name.startsWith('.') ? readdirSync(join(folder, name)) : []))
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

test.skipIf(!existsSync(cli))(
  'a build that is killed leaves no bundle, and the next one clears up',
  async () => {
    const folder = temporaryFolder()
    const dir = join(folder, 'bundle')
    const random = randomSource(11)
    const noBundle = () =>
      expect(loadBundle(dir)).rejects.toThrow(expect.objectContaining({ code: 'BUNDLE_NOT_FOUND' }))

    let left = 0
    for (let i = 0; i < 5; i++) {
      const child = startBuild(dir)
      // The build is under way once its staging directory is there; it takes some seconds from then on.
      while (child.exitCode === null && !readdirSync(folder).some((name) => name.startsWith('.'))) {
        await setTimeout(5)
      }
      await setTimeout(random() * 1200)
      await kill(child)
      await noBundle()
      left += readdirSync(folder).length
    }
    expect(left).toBeGreaterThan(0)

    const writing = startBuild(dir)
    while (writing.exitCode === null && staged(folder).length === 0) await setTimeout(1)
    await kill(writing)
    // On a busy machine the build may have been quicker; then the bundle is whole.
    if (existsSync(dir)) await loadBundle(dir)
    else await noBundle()
    rmSync(dir, { recursive: true, force: true })

    const last = startBuild(dir)
    expect(await once(last, 'exit')).toEqual([0, null])
    expect(readdirSync(folder)).toEqual(['bundle'])
    expect((await loadBundle(dir)).manifest.constraints.total).toBeGreaterThan(1000)
  },
)
