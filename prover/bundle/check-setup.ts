import { join } from 'node:path'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { ZkserveError } from '#circuits/errors.js'
import type { Manifest, Setup } from '#prover/bundle/manifest.js'
import { readKeyFile } from '#prover/ceremony/key-file.js'
import { faultOf, isFinished, transcriptOf } from '#prover/ceremony/transcript.js'
import { verificationKeyHash } from '#prover/key/encode.js'

/**
 * Checks that the key of a bundle made by a ceremony has the contributions that its manifest records, and gives its
 * verifying key. That these contributions lead from the circuit to the key is for `verifyCeremony`, which takes the
 * powers of tau.
 *
 * @throws ZkserveError `BUNDLE_CORRUPT`
 */
export async function checkSetup(dir: string, { setup, vkHash }: Manifest): Promise<void> {
  if (setup.kind === 'development') return
  const { chain, verificationKey } = await readKeyFile(join(dir, 'proving.zkey')).catch((cause) => {
    throw corrupt(dir, 'its key has no list of contributions', cause)
  })
  const derived = transcriptOf(chain, setup.transcript.powersOfTau)
  if (JSON.stringify(derived) !== JSON.stringify(setup.transcript)) {
    throw corrupt(dir, 'its key has other contributions than its manifest records')
  }
  if (faultOf(chain) !== null || !isFinished(chain)) throw corrupt(dir, 'its ceremony was not finished')
  if (verificationKeyHash(verificationKey) !== vkHash) {
    throw corrupt(dir, 'its key gives another verifying key')
  }
}

/** Whether what a manifest says of the set-up has all parts that do not follow from files. */
export function isWholeSetup(setup: Setup | undefined, weights: WeightMode): boolean {
  if (setup?.kind === 'development') return setup.production === false
  const powers = setup?.transcript?.powersOfTau
  return (
    setup?.kind === 'ceremony' &&
    setup.production === true &&
    // One party would know κ.
    weights === 'fixed' &&
    /^[0-9a-f]{64}$/.test(powers?.sha256 ?? '') &&
    /^[0-9a-f]{128}$/.test(powers?.blake2b ?? '') &&
    Number.isSafeInteger(powers?.power)
  )
}

function corrupt(dir: string, what: string, cause?: unknown): ZkserveError {
  return new ZkserveError('BUNDLE_CORRUPT', `the bundle "${dir}" is refused: ${what}`, { cause })
}
