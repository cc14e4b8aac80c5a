/** One row of the error table: what the code means over HTTP and what its reader can do. */
export interface ErrorRow {
  /** HTTP status when the error answers a request. */
  readonly status: number
  readonly summary: string
  /** What to do next. */
  readonly hint: string
}

const rows = {
  INVALID_ONNX: {
    status: 422,
    summary: 'The file is not an ONNX model that can be read.',
    hint: 'Export the model again and check it with `onnx.checker.check_model`.',
  },
  MODEL_TOO_LARGE: {
    status: 413,
    summary: 'The model exceeds a limit on bytes, nodes, elements, depth or constraints.',
    hint: 'Use a smaller model, or raise the limit if the model is trusted.',
  },
  UNSUPPORTED_OPERATOR: {
    status: 422,
    summary: 'The model uses operators, attributes or opsets that zkserve does not support.',
    hint: 'Run `zkserve inspect` for the list of offenders, and replace them before exporting.',
  },
  UNSUPPORTED_SHAPE: {
    status: 422,
    summary: 'A shape is dynamic beyond the batch axis, or operands do not fit each other.',
    hint: 'Export with fixed shapes; only a leading batch axis may be symbolic, and is taken as 1.',
  },
  INVALID_GRAPH: {
    status: 422,
    summary: 'The graph breaks a rule of the float model: cycles, missing values, non-finite weights.',
    hint: 'Check the exported model for NaN or infinite weights and for dangling values.',
  },
  INVALID_DATA: {
    status: 422,
    summary: 'A data file (.npz or JSON) cannot be read or lacks what is asked for.',
    hint: 'Give `.npz` with `inputs` (and `labels`), or JSON `{"inputs": [...], "labels": [...]}`.',
  },
  INVALID_INPUT: {
    status: 422,
    summary: 'An inference input has the wrong shape, type or a value that is not finite.',
    hint: 'Send numbers in the shape that the model lists under `inputs`.',
  },
  INVALID_QMODEL: {
    status: 422,
    summary: 'The integer model breaks a rule: bounds, widths, shapes or order.',
    hint: 'Rebuild the bundle from the ONNX model.',
  },
  QUANTISATION_OVERFLOW: {
    status: 422,
    summary: 'An accumulator would leave the exact range of the integer model.',
    hint: 'Use fewer bits (`--bits`), or a narrower layer.',
  },
  ACCURACY_TOO_LOW: {
    status: 422,
    summary: 'The integer model differs from the float model more than is allowed.',
    hint: 'Use more bits (`--bits`) or more calibration rows, or allow it (`--min-agreement`).',
  },
  ARCHITECTURE_MISMATCH: {
    status: 422,
    summary: 'The model is no version of the architecture that its weights are to be committed under.',
    hint: 'Build it as a new architecture, with its own set-up; more headroom lets later weights be larger.',
  },
  COMPILER_FAILED: {
    status: 500,
    summary: 'The circom compiler failed or is missing.',
    hint: 'Run `zkserve doctor` to see which compiler is used.',
  },
  CONSTRAINT_MISMATCH: {
    status: 500,
    summary: 'The compiled circuit has another number of constraints than predicted.',
    hint: 'Report this with the model: the accounting of a layer is wrong.',
  },
  BUNDLE_NOT_FOUND: {
    status: 404,
    summary: 'The directory holds no finished bundle.',
    hint: 'Build one with `zkserve build MODEL.onnx --calibration DATA --out DIR`.',
  },
  BUNDLE_CORRUPT: {
    status: 500,
    summary: 'A file of the bundle does not have the hash that the manifest gives.',
    hint: 'Restore the bundle from a copy, or build it again.',
  },
  BUNDLE_EXISTS: {
    status: 409,
    summary: 'The output directory holds something already.',
    hint: 'Choose another directory, or remove it first.',
  },
  INVALID_CIRCUIT: {
    status: 422,
    summary: 'A compiled circuit (.r1cs) or a witness (.wtns) is malformed, or is not over BN254.',
    hint: 'Compile the circuit again with circom and its default prime (bn128).',
  },
  INVALID_KEY: {
    status: 422,
    summary: 'A proving or verifying key is malformed or unsafe.',
    hint: 'Run the set-up again; never use a key that fails the lint.',
  },
  INVALID_CEREMONY: {
    status: 422,
    summary: 'Powers of tau, or a key on its way through a ceremony, are malformed, false or unfinished.',
    hint: 'Get the file again; `zkserve ceremony verify` checks a key from its circuit and powers of tau on.',
  },
  INVALID_PROOF: {
    status: 422,
    summary: 'A proof or its public signals are malformed.',
    hint: 'Send the proof file as `zkserve prove` wrote it.',
  },
  PROOF_REJECTED: {
    status: 422,
    summary: 'The proof does not verify.',
    hint: 'Check that proof, public signals and bundle belong together.',
  },
  PROVING_FAILED: {
    status: 500,
    summary: 'No valid proof could be made.',
    hint: 'Run `zkserve doctor`; if the bundle verifies, report this.',
  },
  INVALID_REQUEST: {
    status: 400,
    summary: 'The request body, query or parameters do not fit the schema.',
    hint: 'See the OpenAPI page at /docs for the request format.',
  },
  MODEL_NOT_FOUND: {
    status: 404,
    summary: 'No model of this id is served.',
    hint: 'List the models with `GET /models`.',
  },
  JOB_NOT_FOUND: {
    status: 404,
    summary: 'No job of this id is known.',
    hint: 'Jobs are kept for a limited time; send the inference again.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    summary: 'The Idempotency-Key was used for another request body.',
    hint: 'Draw a new key for every new request; repeat a request with the body it had.',
  },
  IDEMPOTENCY_BUSY: {
    status: 409,
    summary: 'The first request with this Idempotency-Key is still being answered.',
    hint: 'Try again after the time that Retry-After gives, or ask for the job in `details.job`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    summary: 'The request body has a content type that the route does not take.',
    hint: 'Send JSON with `Content-Type: application/json`.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    summary: 'The request body exceeds the size limit.',
    hint: 'Send less, or raise the body limit of the service.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    summary: 'There is no such route.',
    hint: 'See the OpenAPI page at /docs.',
  },
  QUEUE_FULL: {
    status: 503,
    summary: 'The proof queue is full.',
    hint: 'Try again after the time that Retry-After gives.',
  },
  NO_ABLE_WORKER: {
    status: 503,
    summary: 'None of the workers has the memory that a proof of this model takes.',
    hint: 'Start a worker with more memory, or use a smaller model.',
  },
  TOO_MANY_STREAMS: {
    status: 503,
    summary: 'As many event streams are open as the service allows.',
    hint: 'Try again after the time that Retry-After gives, or ask for the job itself.',
  },
  TIMEOUT: {
    status: 504,
    summary: 'The work did not end within its time limit.',
    hint: 'Ask for the proof as a job and poll it, or raise the limit.',
  },
  CANCELLED: {
    status: 409,
    summary: 'The work was cancelled.',
    hint: 'Send it again.',
  },
  EXPIRED: {
    status: 504,
    summary: 'The deadline of the work passed before it was done.',
    hint: 'Send it again with a later deadline, or when the queue is shorter.',
  },
  WORKER_LOST: {
    status: 500,
    summary: 'The processes that worked on this died, one after another.',
    hint: 'See the logs of the workers: out of memory is the usual reason.',
  },
  DECRYPTION_FAILED: {
    status: 500,
    summary: 'What the database keeps encrypted cannot be read with the keys that are here.',
    hint: 'Give every process the same ZKSERVE_ENCRYPTION_KEYS, old ones included.',
  },
  UNAUTHENTICATED: {
    status: 401,
    summary: 'The request carries no API key, or one that is not valid.',
    hint: 'Send `Authorization: Bearer KEY`; the operator makes keys with `zkserve key add`.',
  },
  FORBIDDEN: {
    status: 403,
    summary: 'The API key does not allow this.',
    hint: 'Ask the operator for a key with the scope that is named.',
  },
  ACCESS_SIGNATURE_REQUIRED: {
    status: 401,
    summary: "The model's owner asks for a grant, and the request is not signed.",
    hint: 'Sign the request as `service/README.md` says; `details` has chain, contract and model.',
  },
  ACCESS_SIGNATURE_INVALID: {
    status: 401,
    summary: 'The signature of the request is not of its requester, or not for this, or its time is over.',
    hint: 'Sign the bytes of the body for this model, contract and chain, with a deadline within the hour.',
  },
  ACCESS_REPLAYED: {
    status: 409,
    summary: 'The signed request was made before.',
    hint: 'Sign each request anew, with another nonce.',
  },
  ACCESS_DENIED: {
    status: 403,
    summary: 'The requester has no grant of the model, or a dataset that the model needs was taken back.',
    hint: 'Buy a grant or ask the holder of the model for one; the contract AccessGrants tells until when it lasts.',
  },
  RATE_LIMITED: {
    status: 429,
    summary: 'The tenant sends more requests than it may.',
    hint: 'Try again after the time that Retry-After gives.',
  },
  QUOTA_EXCEEDED: {
    status: 429,
    summary: 'A quota of the tenant is used up.',
    hint: 'Try again after the time that Retry-After gives, or ask the operator for more.',
  },
  TENANT_NOT_FOUND: {
    status: 404,
    summary: 'There is no tenant or key of this id.',
    hint: 'List them with `zkserve tenant list` and `zkserve key list`.',
  },
  TENANT_EXISTS: {
    status: 409,
    summary: 'There is a tenant of this id already.',
    hint: 'Choose another id.',
  },
  WEBHOOK_NOT_FOUND: {
    status: 404,
    summary: 'No webhook of this id is known.',
    hint: 'List them with `GET /webhooks`.',
  },
  WEBHOOK_REFUSED: {
    status: 422,
    summary: 'The address of a webhook is not one that the service calls.',
    hint: 'Give an https:// address with a public name, on port 443, without user or password.',
  },
  MODEL_NOT_READY: {
    status: 409,
    summary: 'The model is still being built, or could not be.',
    hint: 'Ask for the job that builds it.',
  },
  MODEL_EXISTS: {
    status: 409,
    summary: 'There is a model of this name and version already.',
    hint: 'Choose another name, or delete the model first.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    summary: 'The store of bundles does not answer, or refuses.',
    hint: 'Try again; check the address of the store and its credentials.',
  },
  AUDIT_BROKEN: {
    status: 500,
    summary: 'The audit log was changed: a record does not follow from the one before.',
    hint: 'Compare with a backup and with the heads that were anchored.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    summary: 'The database does not answer, or refuses.',
    hint: 'Try again; check the database address and its log.',
  },
  DATA_DIRECTORY_IN_USE: {
    status: 409,
    summary: 'Another process holds the data directory of the embedded database.',
    hint: 'Stop that process, choose another --data-dir, or share a Postgres server by --database-url.',
  },
  PAYMENT_REQUIRED: {
    status: 402,
    summary: 'The proof is to be paid for, and the request carries no payment.',
    hint: 'Sign what `accepts` names and send the request again with PAYMENT-SIGNATURE, as the client does with `payment`.',
  },
  PAYMENT_MALFORMED: {
    status: 400,
    summary: 'The PAYMENT-SIGNATURE header is no payment of x402 version 2.',
    hint: 'Send the base64 of a PaymentPayload with the scheme `exact` by EIP-3009.',
  },
  PAYMENT_INVALID: {
    status: 402,
    summary: 'The payment is not one that settles what is asked for; nothing was taken on.',
    hint: 'See `details.reason`; sign a new payment of what `accepts` names.',
  },
  PAYMENT_REPLAYED: {
    status: 402,
    summary: 'The payment came with another request already: each answers one.',
    hint: 'Sign a new payment; repeat a request with the Idempotency-Key that it had.',
  },
  PAYMENT_FAILED: {
    status: 402,
    summary:
      'The proof was made, but its payment could not be settled: nothing was charged, and nothing is shown.',
    hint: 'Keep what was promised until the job has ended; send the request again with a new payment.',
  },
  PAYMENT_RELEASED: {
    status: 409,
    summary:
      'Another proof of the same payment was not made: nothing was charged, and none of them is shown.',
    hint: 'Send the request again with a new payment.',
  },
  PAYMENTS_UNAVAILABLE: {
    status: 503,
    summary: 'Payments cannot be checked at present: their facilitator or chain does not answer.',
    hint: 'Try again; nothing was charged.',
  },
  INVALID_SIGNER: {
    status: 422,
    summary: 'The key that signs receipts, its keystore or its password is wrong.',
    hint: 'Check the keystore and its password file, or the key in ZKSERVE_SIGNER_KEY.',
  },
  SIGNING_FAILED: {
    status: 500,
    summary: 'The receipt of a result could not be signed.',
    hint: 'See the log of the worker: its signer does not answer, or refuses.',
  },
  INVALID_PROVENANCE: {
    status: 422,
    summary: 'A model card, a bill of materials or a folder cannot be taken as evidence of provenance.',
    hint: 'Correct the file; the message names the place that is wrong.',
  },
  INVALID_AGENT: {
    status: 422,
    summary:
      "An agent's registration file is malformed or false, or what it offers is not what is registered.",
    hint: 'Choose another agent; `zkserve agent check` tells its owner what is wrong.',
  },
  JOB_REFUSED: {
    status: 422,
    summary: 'An agent does not take a job, or what was delivered for one is not what was agreed.',
    hint: 'The message says which of its terms differ; an escrow is refunded when the job has expired.',
  },
  BUDGET_EXCEEDED: {
    status: 422,
    summary: 'An agent was to spend more than its budget allows.',
    hint: 'Wait for refunds, or give it a larger budget.',
  },
  CHAIN_UNREACHABLE: {
    status: 502,
    summary: 'The chain does not answer at the RPC address.',
    hint: 'Check the RPC address, or leave it out to use the embedded anvil.',
  },
  CHAIN_INCONSISTENT: {
    status: 502,
    summary: 'What the RPC endpoint says of the chain does not fit together, or it is another chain.',
    hint: 'Check the chain id and the RPC address; behind it may be nodes that are not at the same block.',
  },
  CHAIN_REJECTED: {
    status: 422,
    summary: 'A contract refused the call.',
    hint: 'See `details.reason` for the contract error.',
  },
  USAGE: {
    status: 400,
    summary: 'A command was called with wrong arguments.',
    hint: 'Run the command with --help.',
  },
  FILE_NOT_FOUND: {
    status: 404,
    summary: 'A file named by the user does not exist or cannot be read.',
    hint: 'Check the path.',
  },
  INTERNAL: {
    status: 500,
    summary: 'Something went wrong inside zkserve.',
    hint: 'Report this with the request id or the command.',
  },
} as const satisfies Record<string, ErrorRow>

/** A code of the error table. */
export type ErrorCode = keyof typeof rows

/** The one table of errors: code → HTTP status, meaning, what to do. Docs are generated from it. */
export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = rows
