import { readFile } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'
import { type Config, environmentName, flagName } from '#service/config/schema.js'
import { readKeystore } from '#service/receipts/keystore.js'
import { localSigner, type ReceiptSigner } from '#service/receipts/signer.js'

/** The variable that may hold the private key: 32 bytes in hex. There is no flag, because others can see those. */
export const signerKeyVariable = 'ZKSERVE_SIGNER_KEY'

type SignerConfig = Pick<Config, 'signerKeystore' | 'signerPasswordFile' | 'signerAddress'>

/**
 * The signer that the settings or the environment name; null where they name none. The key is taken out of the
 * environment, so that child processes and threads do not inherit it.
 * @throws ZkserveError `INVALID_SIGNER`, `FILE_NOT_FOUND`, `USAGE`
 */
export async function openSigner(
  { signerKeystore, signerPasswordFile, signerAddress }: SignerConfig,
  environment: NodeJS.ProcessEnv,
): Promise<ReceiptSigner | null> {
  const key = environment[signerKeyVariable] ?? ''
  delete environment[signerKeyVariable]
  if (key !== '' && signerKeystore !== '') {
    const names = `${signerKeyVariable} and ${environmentName('signerKeystore')}`
    throw new ZkserveError('USAGE', `both ${names} are given`, { hints: ['Give one of them.'] })
  }
  if ((signerKeystore === '') !== (signerPasswordFile === '')) {
    throw new ZkserveError('USAGE', 'a keystore and the file with its password go together', {
      hints: [`Give ${flagName('signerKeystore')} and ${flagName('signerPasswordFile')}, or neither.`],
    })
  }
  const signer = signerKeystore === '' ? fromKey(key) : await fromKeystore(signerKeystore, signerPasswordFile)
  if (signer !== null && signerAddress !== '' && !sameAddress(signer.address, signerAddress)) {
    throw new ZkserveError('INVALID_SIGNER', `the key's address is ${signer.address}, not ${signerAddress}`, {
      hints: [`Give the right key, or another ${flagName('signerAddress')}.`],
    })
  }
  return signer
}

function fromKey(key: string): ReceiptSigner | null {
  return key === '' ? null : localSigner(key)
}

async function fromKeystore(keystore: string, passwordFile: string): Promise<ReceiptSigner> {
  const [text, password] = await Promise.all([read('keystore', keystore), read('password', passwordFile)])
  // Editors and `echo` end files with a line break; it is no part of a password.
  return localSigner(await readKeystore(text, password.replace(/\r?\n$/, '')))
}

async function read(what: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ZkserveError('FILE_NOT_FOUND', `the ${what} file cannot be read: ${code}`, {
      details: { path },
    })
  }
}

function sameAddress(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}
