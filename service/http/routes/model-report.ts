import { readBundleFile } from '#prover/bundle/load.js'
import type { Route } from '#service/http/route.js'
import { modelParametersSchema } from '#service/http/schemas/model.js'
import { modelReportExample } from '#service/http/schemas/model-examples.js'
import { modelReportSchema, reportOf } from '#service/http/schemas/model-report.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { isOwn } from '#service/http/visible-models.js'

const schema = {
  operationId: 'getModelReport',
  summary: 'Accuracy against the float model, and constraints by layer',
  tags: ['models'],
  params: modelParametersSchema,
  response: { 200: { ...modelReportSchema, examples: [modelReportExample] }, ...problemReplies },
}

/** GET /models/:id/report */
export const modelReportRoute: Route = async (app, services) => {
  app.get('/models/:id/report', { schema, config: { scope: 'read' } }, async ({ params, tenant }) => {
    const { manifest } = await services.models.find(tenant.id, params.id)
    const { vkHash, weights } = manifest
    // What committed weights do to inputs tells of them.
    if (weights === 'committed' && !(await isOwn(services, tenant.id, vkHash)))
      return reportOf(manifest, null)
    const report = await services.models.use(vkHash, (bundle) => readBundleFile(bundle, 'report.json'))
    return reportOf(manifest, JSON.parse(new TextDecoder().decode(report)).calibration)
  })
}
