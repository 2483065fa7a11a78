package administration

import "wherefore/store"

// Pages answers the requests of administrators' pages.
type Pages struct {
	Store *store.Store
}
