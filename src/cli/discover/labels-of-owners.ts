/** The labels that say whose a workload is, the surest first: what is part of one application may be several teams'. */
export const LABELS_OF_OWNERS = ['team', 'owner', 'app.kubernetes.io/part-of'] as const;
