/** Probability of fraud from which on a payment is held. */
export const suspicious = 0.2

/** Features of a payment. */
export const featureCount = 8
