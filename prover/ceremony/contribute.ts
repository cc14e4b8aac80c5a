import { dirname, join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { makeFileWhole } from '#prover/bundle/files.js'
import {
  type Beacon,
  beaconBytes,
  beaconIterations,
  type Contribution,
  isPrintable,
  longestName,
} from '#prover/ceremony/contributions.js'
import { findCeremony, keyName } from '#prover/ceremony/folder.js'
import { type KeyFile, readKeyFile } from '#prover/ceremony/key-file.js'
import { type JobOptions, runSnarkjs, throwIfCancelled } from '#prover/ceremony/run-snarkjs.js'
import type { SnarkjsJob } from '#prover/ceremony/snarkjs-job.js'
import { refuseFinished } from '#prover/ceremony/transcript.js'

export interface ContributeOptions extends JobOptions {
  /** Who contributes; public. */
  readonly name: string
  /** The new key; by default the next number beside the one that it follows. */
  readonly out?: string | undefined
}

/** A step that was taken. */
export interface NewContribution {
  /** The new key. */
  readonly key: string
  /** Its number: contributions in all. */
  readonly number: number
  readonly name: string
  /** What to publish. */
  readonly hash: string
  readonly beacon: Beacon | null
  /** What it follows. */
  readonly earlier: readonly Pick<Contribution, 'name' | 'hash'>[]
}

/**
 * Multiplies a key's δ by a random number that nobody keeps: it lives in a thread that ends. Makes the next key beside
 * the old one, which stays as it is.
 *
 * @param path a ceremony's folder, or a single key
 * @throws ZkserveError `INVALID_CEREMONY`, `INVALID_KEY`, `FILE_NOT_FOUND`, `BUNDLE_EXISTS`, `USAGE`, `CANCELLED`
 */
export async function contribute(path: string, options: ContributeOptions): Promise<NewContribution> {
  return extend(path, options, (key, to, name) => ({ kind: 'contribute', key, to, name }))
}

/**
 * Takes the last step, with a number that everybody can compute from a public random value which nobody could foresee
 * when the last contribution was published.
 *
 * @throws ZkserveError as {@link contribute}
 */
export async function applyBeacon(
  path: string,
  options: ContributeOptions & Beacon,
): Promise<NewContribution> {
  const value = options.value.toLowerCase().replace(/^0x/, '')
  const { iterations } = options
  const bytes = value.length / 2
  if (!/^([0-9a-f]{2})+$/.test(value) || bytes < beaconBytes.least || bytes > beaconBytes.most) {
    const { least, most } = beaconBytes
    throw new ZkserveError(
      'USAGE',
      `a beacon is ${least} to ${most} bytes in hex digits, got "${options.value}"`,
    )
  }
  if (
    !Number.isInteger(iterations) ||
    iterations < beaconIterations.least ||
    iterations > beaconIterations.most
  ) {
    const { least, most } = beaconIterations
    throw new ZkserveError('USAGE', `iterations are 2^${least} to 2^${most}, got 2^${iterations}`)
  }
  return extend(path, options, (key, to, name) => ({ kind: 'beacon', key, to, name, value, iterations }))
}

async function extend(
  path: string,
  { name, out, onProgress, signal }: ContributeOptions,
  jobFor: (key: string, to: string, name: string) => SnarkjsJob,
): Promise<NewContribution> {
  if (name.trim() === '' || name.length > longestName || !isPrintable(name)) {
    throw new ZkserveError('USAGE', `a name has 1 to ${longestName} characters that can be printed`)
  }
  const { key } = await findCeremony(path)
  refuseFinished(key.chain)
  const number = key.chain.contributions.length + 1
  const target = out ?? join(dirname(key.path), keyName(number))
  const last = await makeFileWhole(target, async (partial) => {
    const { holds, faults } = await runSnarkjs(jobFor(key.path, partial, name), { onProgress, signal })
    if (!holds)
      throw new ZkserveError('INVALID_CEREMONY', `snarkjs refuses: ${faults[0] ?? 'no reason given'}`)
    throwIfCancelled(signal)
    return lastStep(key, await readKeyFile(partial))
  })
  const earlier = key.chain.contributions.map(({ name, hash }) => ({ name, hash }))
  return { key: target, number, name: last.name, hash: last.hash, beacon: last.beacon, earlier }
}

/** The one step that the new key has beyond the old one. */
function lastStep(before: KeyFile, after: KeyFile): Contribution {
  const steps = after.chain.contributions
  const last = steps.at(-1)
  const follows =
    steps.length === before.chain.contributions.length + 1 &&
    before.chain.contributions.every(({ hash }, index) => steps[index]?.hash === hash)
  if (last === undefined || !follows) {
    throw new ZkserveError('INTERNAL', 'snarkjs wrote another chain of contributions')
  }
  return last
}
