/** The labels of workloads that are kept where nobody asks for others: by them containers are paired. */
export const KEPT_LABELS = ['app.kubernetes.io/name', 'app.kubernetes.io/component'];
