import type { FastifyRequest } from 'fastify'
import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Bundle } from '#prover/bundle/load.js'
import { proofMemory } from '#prover/memory.js'
import { actorOf } from '#service/audit/actor.js'
import { hashesOf, type ModelHashes } from '#service/http/schemas/model.js'
import type { Services } from '#service/http/services.js'
import type { NewJob } from '#service/jobs/new-job.js'
import type { ServiceTask } from '#service/jobs/tasks.js'
import { type GivenBinding, readBinding, readSalt } from '#service/proof-binding.js'
import { originOf } from '#service/telemetry/origin.js'

/** What a proof is to be like, and when. */
export interface ProofTerms extends GivenBinding {
  readonly salt?: string | undefined
  /** Id and version of the model in the registry. */
  readonly modelId?: string | number | undefined
  readonly version?: number | undefined
  /** ms from now. */
  readonly deadline?: number | undefined
  /** Of two jobs of one tenant the higher goes first; 0 by default. */
  readonly priority?: number | undefined
}

interface Given {
  readonly bundle: Bundle
  readonly inputs: ReadonlyMap<string, FloatTensor>
  readonly terms: ProofTerms
}

/** The job that proves an answer. @throws ZkserveError `INVALID_INPUT` */
export function newProofJob(
  { config, models, registrations }: Pick<Services, 'config' | 'models' | 'registrations'>,
  request: Pick<FastifyRequest, 'tenant' | 'id' | 'span'>,
  { bundle, inputs, terms }: Given,
): NewJob<ServiceTask, ModelHashes> {
  const { tenant } = request
  const { vkHash, constraints } = bundle.manifest
  const origin = originOf(request)
  const context = readBinding(terms, config)
  const salt = terms.salt === undefined ? {} : { salt: readSalt(terms.salt) }
  const registration = registrations.find(vkHash, terms)
  return {
    tenant: tenant.id,
    actor: actorOf(tenant),
    kind: 'proof',
    model: vkHash,
    bundle: models.storedDigest(bundle),
    cost: constraints.total,
    memory: proofMemory(bundle.manifest, { backend: config.backend, threads: config.proofThreads }),
    subject: hashesOf(bundle),
    task: { kind: 'proof', vkHash, inputs, context, registration, origin, ...salt },
    deadline: terms.deadline ?? null,
    priority: terms.priority ?? 0,
  }
}
