package clusters

// What the tests need to know of the inside.
const ClustersPerPage = clustersPerPage
