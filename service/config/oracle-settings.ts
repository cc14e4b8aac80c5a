import { Type } from 'typebox'

/** An amount of wei, which may be larger than a number of JSON. */
function wei(amount: string, description: string) {
  return Type.String({ default: amount, pattern: '^(0|[1-9][0-9]{0,38})$', description })
}

/** Settings of the role that answers an InferenceOracle. */
export const oracleSettings = {
  oracle: Type.String({
    default: '',
    pattern: '^(0x[0-9a-fA-F]{40})?$',
    description:
      'Address of the InferenceOracle whose requests are answered (role oracle), on chain --chain-id.',
  }),
  oracleRpc: Type.String({
    default: '',
    pattern: '^(https?://.+)?$',
    description: 'JSON-RPC address of its chain; it is believed, so take a node of your own.',
  }),
  oracleKeystore: Type.String({
    default: '',
    description:
      'Keystore (Web3 Secret Storage v3, scrypt) of the account that sends answers and is paid for them. ZKSERVE_ORACLE_KEY, a private key in hex, takes its place.',
  }),
  oraclePasswordFile: Type.String({ default: '', description: 'File with the password of that keystore.' }),
  oracleConfirmations: Type.Integer({
    default: 3,
    minimum: 0,
    maximum: 10_000,
    description: 'Blocks that must stand on a block before what happened in it counts.',
  }),
  oracleStartBlock: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'First block that is read where none was read yet; 0 for the latest.',
  }),
  oraclePrice: wei('1000000000000', 'Price of a proof, in wei for a million constraints.'),
  oracleGasMargin: Type.Integer({
    default: 20,
    minimum: 0,
    maximum: 10_000,
    description: 'Percent of the expected cost of gas and data that a fee must cover beside it.',
  }),
  oracleBatch: Type.Integer({
    default: 8,
    minimum: 1,
    maximum: 32,
    description: 'Answers that are sent in one transaction at most.',
  }),
  oracleCallbackGas: Type.Integer({
    default: 1_000_000,
    minimum: 0,
    maximum: 5_000_000,
    description: 'Most gas that the callback of an answered request may be promised.',
  }),
  oracleLeadTime: Type.Integer({
    default: 60,
    minimum: 0,
    maximum: 31_536_000,
    description: 'Seconds that must be left until the deadline when a request is taken on.',
  }),
  oracleDailySpend: wei(
    '1000000000000000000',
    'Wei that may go to gas and data in 24 hours; beyond it answers wait.',
  ),
  oracleBumpAfter: Type.Integer({
    default: 60_000,
    minimum: 100,
    maximum: 86_400_000,
    description: 'Time after which a transaction that is not mined is sent with higher fees, in ms.',
  }),
  oraclePoll: Type.Integer({
    default: 4000,
    minimum: 50,
    maximum: 600_000,
    description: 'Time between looks at the chain, in ms.',
  }),
  oracleLifetime: Type.Integer({
    default: 2_592_000_000,
    minimum: 1,
    maximum: 31_536_000_000,
    description:
      'Time for which ended requests and their transactions are kept, in ms, at least until they are final.',
  }),
}
