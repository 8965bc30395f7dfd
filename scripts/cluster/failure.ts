/** What stands in the way of a cluster, in words for who wants one; told without a stack. */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
}
