import type { NewJob } from '#service/jobs/new-job.js'
import type { TakenPayment } from '#service/payments/payment-desk.js'

/** A job with what pays for it: nobody works on it any more when its payment is about to end. */
export function paidJob<Job extends NewJob<unknown, unknown>>(job: Job, payment: TakenPayment | null): Job {
  if (payment === null) return job
  return { ...job, payment, deadline: Math.min(job.deadline ?? Number.POSITIVE_INFINITY, payment.deadline) }
}
