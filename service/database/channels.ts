/** Channel on which every new state or stage of a job is told, as `id state`. */
export const jobChannel = 'zkserve_jobs'
