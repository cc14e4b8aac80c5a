import { loadVerifiable } from '#prover/bundle/public-view.js'
import type { ModelVersion } from '#service/chain/read-model.js'
import { type Check, differenceOf } from '#service/provenance/check.js'

/** Whether the registry still stands by the version, and whether a bundle is the one that it registered. */
export async function checkVersion(registered: ModelVersion, bundle: string | undefined): Promise<Check[]> {
  const { status } = registered
  const standing: Check = {
    of: 'version',
    what: 'status',
    result: status === 'revoked' ? 'differs' : 'holds',
    detail: `the registry calls it ${status}`,
  }
  if (bundle === undefined) {
    const detail = 'no bundle was given, so the hashes of model, circuit and key were not recomputed'
    return [standing, { of: 'bundle', what: 'hashes', result: 'unchecked', detail }]
  }
  try {
    // Recomputes the hashes from the files, and refuses a bundle whose manifest says otherwise.
    const { manifest } = await loadVerifiable(bundle)
    const names = ['modelHash', 'circuitHash', 'vkHash'] as const
    const hashes = names.map((what): Check => {
      const [own, theirs] = [manifest[what], registered[what]]
      const same = own.toLowerCase() === theirs.toLowerCase()
      const detail = same ? own : `the bundle has ${own}, the registry ${theirs}`
      return { of: 'bundle', what, result: same ? 'holds' : 'differs', detail }
    })
    return [standing, ...hashes]
  } catch (thrown) {
    return [
      standing,
      differenceOf(thrown, ['BUNDLE_CORRUPT', 'INVALID_KEY'], { of: 'bundle', what: 'hashes' }),
    ]
  }
}
