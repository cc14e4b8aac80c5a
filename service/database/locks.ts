/** Advisory locks of the database, one number each: what shares a number waits for each other. */
export const locks = {
  /** Room in the queue is counted and taken. */
  createJob: 7_215_001,
  /** Records of the audit log are appended; its number stands in the migration too. */
  audit: 7_215_002,
  sweepJobs: 7_215_003,
  createWebhook: 7_215_004,
  /** Versions of models are given, and blobs removed. */
  models: 7_215_005,
  sweepDeliveries: 7_215_006,
} as const
