import { type Tracer, trace } from '@opentelemetry/api'
import { packageVersion } from '#service/package-version.js'

/** zkserve's tracer: does nothing unless the process was started with an OpenTelemetry SDK. */
export function tracer(): Tracer {
  return trace.getTracer('zkserve', packageVersion())
}
