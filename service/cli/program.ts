import { Command } from 'commander'
import { accessVerb } from '#service/cli/commands/access.js'
import { agentVerb } from '#service/cli/commands/agent.js'
import { arenaVerb } from '#service/cli/commands/arena.js'
import { auditVerb } from '#service/cli/commands/audit.js'
import { backupVerb } from '#service/cli/commands/backup.js'
import { benchVerb } from '#service/cli/commands/bench.js'
import { buildVerb } from '#service/cli/commands/build.js'
import { ceremonyVerb } from '#service/cli/commands/ceremony.js'
import { commitVerb } from '#service/cli/commands/commit.js'
import { configVerb } from '#service/cli/commands/config.js'
import { contractsVerb } from '#service/cli/commands/contracts.js'
import { datasetVerb } from '#service/cli/commands/dataset.js'
import { demoVerb } from '#service/cli/commands/demo.js'
import { doctorVerb } from '#service/cli/commands/doctor.js'
import { evaluateVerb } from '#service/cli/commands/evaluate.js'
import { exportPublicVerb } from '#service/cli/commands/export-public.js'
import { facilitatorVerb } from '#service/cli/commands/facilitator.js'
import { familyVerb } from '#service/cli/commands/family.js'
import { federatedVerb } from '#service/cli/commands/federated.js'
import { inferVerb } from '#service/cli/commands/infer.js'
import { inspectVerb } from '#service/cli/commands/inspect.js'
import { keyVerb } from '#service/cli/commands/key.js'
import { modelVerb } from '#service/cli/commands/model.js'
import { oracleVerb } from '#service/cli/commands/oracle.js'
import { pictureVerb } from '#service/cli/commands/picture.js'
import { poolVerb } from '#service/cli/commands/pool.js'
import { proveVerb } from '#service/cli/commands/prove.js'
import { provenanceVerb } from '#service/cli/commands/provenance.js'
import { restoreVerb } from '#service/cli/commands/restore.js'
import { runVerb } from '#service/cli/commands/run.js'
import { serveVerb } from '#service/cli/commands/serve.js'
import { tenantVerb } from '#service/cli/commands/tenant.js'
import { traceVerb } from '#service/cli/commands/trace.js'
import { verifyVerb } from '#service/cli/commands/verify.js'
import type { Streams, Verb, VerbContext } from '#service/cli/verb.js'
import { packageVersion } from '#service/package-version.js'

const verbs: readonly Verb[] = [
  inspectVerb,
  buildVerb,
  commitVerb,
  exportPublicVerb,
  evaluateVerb,
  runVerb,
  inferVerb,
  proveVerb,
  verifyVerb,
  serveVerb,
  facilitatorVerb,
  tenantVerb,
  keyVerb,
  configVerb,
  demoVerb,
  ceremonyVerb,
  auditVerb,
  modelVerb,
  oracleVerb,
  poolVerb,
  datasetVerb,
  accessVerb,
  provenanceVerb,
  traceVerb,
  agentVerb,
  contractsVerb,
  arenaVerb,
  federatedVerb,
  familyVerb,
  pictureVerb,
  backupVerb,
  restoreVerb,
  doctorVerb,
  benchVerb,
]

const codes = `
Exit codes: 0 done; 1 the thing asked about is false (a proof does not hold, a bundle is damaged);
2 bad input or usage; 70 a fault inside; 130 interrupted.`

/** All verbs on one program; it throws instead of ending the process. */
export function createProgram(context: VerbContext, { stdout, stderr }: Streams): Command {
  const program = new Command('zkserve')
    .description('Neural networks whose answers carry proofs that smart contracts accept.')
    .version(packageVersion())
    .showHelpAfterError(false)
    .addHelpText('after', codes)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // Usage errors are printed by the caller, as text or JSON.
      outputError: () => {},
    })
  for (const addVerb of verbs) addVerb(program, context)
  return program
}
