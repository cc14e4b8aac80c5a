import { readFile } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'
import { type Config, type ConfigName, environmentName, flagName } from '#service/config/schema.js'
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
  const key = await openKey(
    { variable: signerKeyVariable, keystore: 'signerKeystore', passwordFile: 'signerPasswordFile' },
    { signerKeystore, signerPasswordFile },
    environment,
  )
  const signer = key === null ? null : localSigner(key)
  if (signer !== null && signerAddress !== '' && !sameAddress(signer.address, signerAddress)) {
    throw new ZkserveError('INVALID_SIGNER', `the key's address is ${signer.address}, not ${signerAddress}`, {
      hints: [`Give the right key, or another ${flagName('signerAddress')}.`],
    })
  }
  return signer
}

/** Where a private key may be given: a variable of the environment, or a keystore and the file with its password. */
export interface KeyPlaces<Keystore extends ConfigName, PasswordFile extends ConfigName> {
  readonly variable: string
  readonly keystore: Keystore
  readonly passwordFile: PasswordFile
}

/**
 * The private key that the settings or the environment give, null where they give none. It is taken out of the
 * environment.
 * @throws ZkserveError `INVALID_SIGNER`, `FILE_NOT_FOUND`, `USAGE`
 */
export async function openKey<Keystore extends ConfigName, PasswordFile extends ConfigName>(
  places: KeyPlaces<Keystore, PasswordFile>,
  config: Readonly<Record<Keystore | PasswordFile, string>>,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  const key = environment[places.variable] ?? ''
  delete environment[places.variable]
  const keystore = config[places.keystore]
  const passwordFile = config[places.passwordFile]
  if (key !== '' && keystore !== '') {
    const names = `${places.variable} and ${environmentName(places.keystore)}`
    throw new ZkserveError('USAGE', `both ${names} are given`, { hints: ['Give one of them.'] })
  }
  if ((keystore === '') !== (passwordFile === '')) {
    throw new ZkserveError('USAGE', 'a keystore and the file with its password go together', {
      hints: [`Give ${flagName(places.keystore)} and ${flagName(places.passwordFile)}, or neither.`],
    })
  }
  if (keystore !== '') return fromKeystore(keystore, passwordFile)
  return key === '' ? null : key
}

async function fromKeystore(keystore: string, passwordFile: string): Promise<string> {
  const [text, password] = await Promise.all([read('keystore', keystore), read('password', passwordFile)])
  // Editors and `echo` end files with a line break; it is no part of a password.
  return readKeystore(text, password.replace(/\r?\n$/, ''))
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
