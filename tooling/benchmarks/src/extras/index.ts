/** What is measured beside the workloads, by the names that `--only` takes. */
export const EXTRAS = ['bundle', 'cold-start', 'overhead', 'scaling'] as const
