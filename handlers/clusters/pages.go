package clusters

import "wherefore/store"

// Pages answers the requests of the pages of clusters.
type Pages struct {
	Store *store.Store
}
