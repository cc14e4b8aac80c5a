/** Whether tests are to be thorough, which takes hours (CONTRIBUTING.md); what takes long runs only then. */
export const isRelease = process.env.ZKSERVE_RELEASE === '1'
