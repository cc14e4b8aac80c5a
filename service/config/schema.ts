import { type Static, type TSchema, Type } from 'typebox'
import { backends } from '#prover/backends/backend-names.js'
import { oracleSettings } from '#service/config/oracle-settings.js'
import { paymentSettings } from '#service/config/payment-settings.js'

/** The one closed schema of the service's settings: flags, environment and documentation derive from it. */
export const configSchema = Type.Object(
  {
    host: Type.String({ default: '127.0.0.1', description: 'Address to listen on.' }),
    port: Type.Integer({
      default: 8080,
      minimum: 0,
      maximum: 65535,
      description: 'TCP port to listen on; 0 takes a free one.',
    }),
    role: Type.Enum(['all', 'api', 'worker', 'oracle'], {
      default: 'all',
      description:
        'What the process does: take requests (api), make proofs (worker), or both; apart they need a Postgres. Or answer the requests of an InferenceOracle (oracle): beside a Postgres it leaves proofs to workers.',
    }),
    database: Type.String({
      default: 'embedded',
      pattern: '^(embedded|memory|postgres(ql)?://.+)$',
      description:
        'Where jobs are kept: embedded, a Postgres in the data directory of this process alone; a postgres:// address, which many processes may share; or memory, where they end with the process. DATABASE_URL gives it too.',
    }),
    dataDir: Type.String({
      default: 'zkserve-data',
      minLength: 1,
      description: 'Directory of the embedded database.',
    }),
    models: Type.Array(Type.String(), {
      default: [],
      description: 'Bundles, or directories of bundles.',
    }),
    store: Type.String({
      default: '',
      description:
        'Store of bundles that processes share: a directory, or s3://BUCKET/PREFIX?endpoint=URL&region=REGION. By default one in the data directory beside an embedded database, and none beside a Postgres server.',
    }),
    cacheDir: Type.String({
      default: '',
      description: 'Directory for bundles fetched from the store; by default one in the data directory.',
    }),
    cacheSize: Type.Integer({
      default: 10_737_418_240,
      minimum: 1_048_576,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Bytes of bundles that are kept there; the least recently used go first.',
    }),
    concurrency: Type.Integer({
      default: 2,
      minimum: 1,
      maximum: 256,
      description: 'Proofs made at once, each by a thread of its own; under snarkjs each takes up to 1 GiB.',
    }),
    backend: Type.Enum([...backends], {
      default: 'auto',
      description: 'What makes the proofs; auto is the native prover where it was built, else wasm.',
    }),
    proofThreads: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 64,
      description:
        'Threads that the native or wasm prover takes for one proof: as many as there are cores for the shortest wait, 1 for the most proofs.',
    }),
    queueSize: Type.Integer({
      default: 64,
      minimum: 0,
      maximum: 100_000,
      description: 'Proofs that may wait for a thread; beyond it requests are refused with QUEUE_FULL.',
    }),
    openJobs: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 100_000,
      description:
        'Jobs that a tenant without a limit of its own may have open at once; 0 for as many as there is room for.',
    }),
    memory: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 2 ** 50,
      description:
        'Memory that the jobs of this process may take together, in bytes; 0 for three quarters of what the machine or its container has.',
    }),
    keyCache: Type.Integer({
      default: 2,
      minimum: 1,
      maximum: 64,
      description:
        'Bundles that each proving thread keeps in memory with their keys; the native prover shares keys between threads.',
    }),
    proofTimeout: Type.Integer({
      default: 120_000,
      minimum: 1,
      maximum: 86_400_000,
      description: 'Longest time for one proof from its start, in ms.',
    }),
    waitTimeout: Type.Integer({
      default: 60_000,
      minimum: 0,
      maximum: 3_600_000,
      description: 'Longest time that a request with `wait` stays open, in ms; then it gets its job instead.',
    }),
    jobLifetime: Type.Integer({
      default: 3_600_000,
      minimum: 1,
      maximum: 604_800_000,
      description: 'Time for which a finished job is kept, in ms.',
    }),
    jobLimit: Type.Integer({
      default: 2000,
      minimum: 1,
      maximum: 1_000_000,
      description: 'Finished jobs kept at most; the oldest go first.',
    }),
    eventStreams: Type.Integer({
      default: 256,
      minimum: 0,
      maximum: 65_536,
      description: 'Event streams of jobs open at once; beyond it they are refused with TOO_MANY_STREAMS.',
    }),
    bodyLimit: Type.Integer({
      default: 4_194_304,
      minimum: 1024,
      maximum: 1_073_741_824,
      description: 'Largest request body, in bytes.',
    }),
    modelLimit: Type.Integer({
      default: 16_777_216,
      minimum: 1024,
      maximum: 67_108_864,
      description: 'Largest ONNX file, and largest calibration data, of an uploaded model, in bytes.',
    }),
    maxConstraints: Type.Integer({
      default: 2_097_152,
      minimum: 1,
      maximum: 2_097_152,
      description: 'Constraints that an uploaded model may have; a tenant may have a lower limit.',
    }),
    modelsPerTenant: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1_000_000,
      description: 'Models that a tenant without a limit of its own may have at once; 0 for any number.',
    }),
    uploadConcurrency: Type.Integer({
      default: 2,
      minimum: 1,
      maximum: 64,
      description:
        'Models that are uploaded and judged at once, each in up to 1 GiB; beyond it uploads are refused with QUEUE_FULL.',
    }),
    buildConcurrency: Type.Integer({
      default: 1,
      minimum: 0,
      maximum: 64,
      description: 'Uploaded models that this process builds at once; 0 leaves building to others.',
    }),
    buildMemory: Type.Integer({
      default: 4_294_967_296,
      minimum: 268_435_456,
      maximum: 2 ** 40,
      description: 'Memory that each process of a build may write to, in bytes.',
    }),
    buildTimeout: Type.Integer({
      default: 1_800_000,
      minimum: 1,
      maximum: 86_400_000,
      description: 'Longest time for one build from its start, in ms.',
    }),
    requestTimeout: Type.Integer({
      default: 30_000,
      minimum: 100,
      maximum: 3_600_000,
      description: 'Longest time for a client to send its request, in ms.',
    }),
    connectionTimeout: Type.Integer({
      default: 90_000,
      minimum: 100,
      maximum: 7_200_000,
      description: 'Longest silence on a connection, in ms; must exceed the wait time-out.',
    }),
    closeTimeout: Type.Integer({
      default: 10_000,
      minimum: 0,
      maximum: 3_600_000,
      description: 'Time that running proofs get to end when the service stops, in ms.',
    }),
    drainDelay: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 600_000,
      description:
        'Time for which a service that was told to stop still answers and only says that it is not ready, so that load balancers turn away first, in ms.',
    }),
    auth: Type.Enum(['none', 'keys'], {
      default: 'none',
      description:
        'Who may call: anyone who reaches the port, all as the tenant "default" (none), or holders of API keys (keys).',
    }),
    requestsPerMinute: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1_000_000_000,
      description:
        'Requests that a tenant without a limit of its own may send in a minute, to each process; without keys, an address. 0 for any number.',
    }),
    constraintsPerDay: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        'Constraints that a tenant without a limit of its own may have proven in a day of UTC; 0 for any number.',
    }),
    trustedProxies: Type.Array(Type.String({ pattern: '^[0-9a-fA-F:.]+(/[0-9]{1,3})?$' }), {
      default: [],
      description:
        'Addresses or networks (10.0.0.0/8) of reverse proxies: whom X-Forwarded-For names is then who calls.',
    }),
    corsOrigin: Type.Array(Type.String(), {
      default: [],
      description: 'Web origins that may call the service from a browser; `*` for any.',
    }),
    chainId: Type.String({
      default: '31337',
      pattern: '^(0|[1-9][0-9]{0,77})$',
      description: 'EIP-155 chain id that proofs are bound to where a request gives none.',
    }),
    verifier: Type.String({
      default: `0x${'0'.repeat(40)}`,
      pattern: '^0x[0-9a-fA-F]{40}$',
      description: 'Address of the InferenceVerifier that proofs are bound to where a request gives none.',
    }),
    registrations: Type.Array(Type.String({ pattern: '^.+=[0-9]{1,78}:[0-9]{1,10}$' }), {
      default: [],
      description:
        'Registry ids of served models, as MODEL=ID:VERSION, for which replies carry ready calldata.',
    }),
    access: Type.Array(Type.String({ pattern: '^.+=0x[0-9a-fA-F]{40}:[0-9]{1,77}:[0-9]{1,10}$' }), {
      default: [],
      description:
        'Models that answer holders of a grant alone, as MODEL=REGISTRY:ID:VERSION: the address of the registry, and the ids there. MODEL may be the hash of a verifying key.',
    }),
    accessGrants: Type.String({
      default: '',
      pattern: '^(0x[0-9a-fA-F]{40})?$',
      description: 'Address of the AccessGrants contract that has the grants.',
    }),
    accessRpc: Type.String({
      default: '',
      pattern: '^(https?://.+)?$',
      description: "JSON-RPC address of that contract's chain.",
    }),
    accessCache: Type.Integer({
      default: 5000,
      minimum: 0,
      maximum: 600_000,
      description: 'Time for which a grant that was seen on the chain is taken to stand, in ms.',
    }),
    signerKeystore: Type.String({
      default: '',
      description:
        'Keystore (Web3 Secret Storage v3, scrypt) with the key that signs receipts. ZKSERVE_SIGNER_KEY, a private key in hex, takes its place; without either there are no receipts.',
    }),
    signerPasswordFile: Type.String({ default: '', description: 'File with the password of the keystore.' }),
    signerAddress: Type.String({
      default: '',
      pattern: '^(0x[0-9a-fA-F]{40})?$',
      description:
        'Address that GET /receipts/signer tells where other processes sign (role api); where this one does, its key must have it.',
    }),
    ...oracleSettings,
    webhookLimit: Type.Integer({
      default: 10,
      minimum: 0,
      maximum: 10_000,
      description: 'Webhooks that one tenant may have; 0 for none.',
    }),
    webhookAllow: Type.Array(Type.String({ pattern: '^.+:[0-9]{1,5}$' }), {
      default: [],
      description:
        'Hosts, each as HOST:PORT, that webhooks may call though they are not public, or not at port 443; http too. Others must be public, https, at port 443.',
    }),
    publicUrl: Type.String({
      default: '',
      pattern: '^(https?://.+)?$',
      description: 'Base address by which others reach the service.',
    }),
    agentName: Type.String({
      default: '',
      maxLength: 256,
      description:
        'Name under which the service shows itself to agents, at /.well-known/agent-registration.json (ERC-8004); without it there is no such file.',
    }),
    agentDescription: Type.String({
      default: '',
      maxLength: 8192,
      description: 'What the agent does, for people; by default its models.',
    }),
    agentImage: Type.String({
      default: '',
      maxLength: 8192,
      description: "Address of the agent's picture.",
    }),
    agentRegistrations: Type.Array(
      Type.String({ pattern: '^eip155:(0|[1-9][0-9]{0,77}):0x[0-9a-fA-F]{40}/(0|[1-9][0-9]{0,14})$' }),
      {
        default: [],
        description: 'Where the agent is registered, as eip155:CHAIN:IDENTITY-REGISTRY/AGENT.',
      },
    ),
    agentServices: Type.Array(Type.String({ pattern: '^[^=]{1,256}=.{1,2048}$' }), {
      default: [],
      description: 'Further entries of the file, as NAME=ENDPOINT, such as A2A, MCP, ENS or DID.',
    }),
    ...paymentSettings,
    mcp: Type.Boolean({
      default: false,
      description: 'Whether POST /mcp offers the models as tools of the Model Context Protocol.',
    }),
    metrics: Type.Boolean({
      default: true,
      description: 'Whether GET /metrics answers, to anyone who reaches the port: true or false.',
    }),
    logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      default: 'info',
      description: 'Least severe log lines that are written.',
    }),
  },
  { additionalProperties: false },
)

/** Settings of the service; times in ms, sizes in bytes. */
export type Config = Static<typeof configSchema>

export type ConfigName = keyof Config

/** Names of all settings, in the order of the schema. */
export const configNames = Object.keys(configSchema.properties) as readonly ConfigName[]

/** The variable that names a configuration file. */
export const fileVariable = 'ZKSERVE_CONFIG'

/** `proofTimeout` → `ZKSERVE_PROOF_TIMEOUT` */
export function environmentName(name: ConfigName): string {
  return `ZKSERVE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** `proofTimeout` → `--proof-timeout` */
export function flagName(name: ConfigName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** What the schema says of one setting. */
export interface Setting {
  readonly type?: string
  readonly default: unknown
  readonly description: string
}

export function settingOf(name: ConfigName): Setting & TSchema {
  return configSchema.properties[name] as TSchema as Setting & TSchema
}
