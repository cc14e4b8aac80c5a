import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { loadNativeAddon } from '#prover/backends/native-addon.js'
import { sha256 } from '#prover/bundle/files.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { runnableBuilds } from '../../support/native-builds.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { RandomSource } from '../../support/random-source.js'
import { shapedCircuit } from '../../support/shaped-circuit.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const addon = loadNativeAddon('portable')
const path = join(packageRoot, 'prover', 'native', 'build', 'Release', 'portable.node')

let zkey: Uint8Array
beforeAll(async () => {
  const random = new RandomSource(80)
  const { circuit } = shapedCircuit(random, 'bits and small weights')
  zkey = (await developmentSetup(readR1cs(writeR1cs(circuit)), { random: random.fill })).zkey
})

function keyOnDisk() {
  const folder = temporaryFolder()
  const files = {
    zkey: join(folder, 'proving.zkey'),
    sha256: sha256(zkey),
    prepared: join(folder, 'proving.prepared'),
  }
  writeFileSync(files.zkey, zkey)
  return { folder, files, draft: `${files.prepared}.part` }
}

/** Prepares the key that the command line names, and tells how many signals it has. */
const program = `
const [addon, files] = process.argv.slice(1)
const { ProvingKey } = require(addon)
console.log(0)
ProvingKey.prepare(JSON.parse(files)).then((key) => console.log(key.signals))
`

describe.runIf(runnableBuilds.length > 0)('a prepared key', () => {
  test('is written over what a killed process left', async () => {
    const { folder, files, draft } = keyOnDisk()
    ;(await addon!.ProvingKey.prepare(files)).release()
    const whole = readFileSync(files.prepared)
    rmSync(files.prepared)
    writeFileSync(draft, Buffer.concat([whole, whole]).fill(7, 1000), { mode: 0o600 })
    ;(await addon!.ProvingKey.prepare(files)).release()
    expect(readFileSync(files.prepared).equals(whole)).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['proving.prepared', 'proving.zkey'])
  })

  test('goes to memory where links or folders have the name of its draft, which stay as they are', async () => {
    for (const place of [symlinkSync, linkSync, (_: string, draft: string) => mkdirSync(draft)]) {
      const { folder, files, draft } = keyOnDisk()
      const victim = join(folder, 'victim')
      writeFileSync(victim, 'keep')
      place(victim, draft)
      const key = await addon!.ProvingKey.prepare(files)
      expect(key.signals).toBeGreaterThan(0)
      key.release()
      expect(readFileSync(victim, 'utf8')).toBe('keep')
      expect(readdirSync(folder)).not.toContain('proving.prepared')
    }
  })

  test('goes to memory where the file system takes no more', () => {
    const { folder, files } = keyOnDisk()
    // Blocks of 512 bytes; writes beyond them fail as on a full disk.
    const script = 'trap "" XFSZ; ulimit -f 16; exec "$0" -e "$1" "$2" "$3"'
    const words = [process.execPath, program, path, JSON.stringify(files)]
    const output = execFileSync('sh', ['-c', script, ...words], { encoding: 'utf8' })
    expect(Number(output.split('\n')[1])).toBeGreaterThan(0)
    expect(readdirSync(folder)).toEqual(['proving.zkey'])
  })

  test('is whole or not there, whenever its writer is killed', async () => {
    const { folder, files } = keyOnDisk()
    const random = new RandomSource(81)
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, ['-e', program, path, JSON.stringify(files)])
      const closed = once(child, 'close')
      await once(child.stdout, 'data')
      await sleep(random.below(8))
      child.kill('SIGKILL')
      await closed
      const opened = await addon!.ProvingKey.open(files)
      if (readdirSync(folder).includes('proving.prepared')) expect(opened).not.toBeNull()
      opened?.release()
    }
    ;(await addon!.ProvingKey.prepare(files)).release()
    expect(readdirSync(folder).sort()).toEqual(['proving.prepared', 'proving.zkey'])
  })
})
