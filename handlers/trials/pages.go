package trials

import (
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/store"
)

// Pages answers the requests of the pages of trials and shadow runs.
type Pages struct {
	Store   *store.Store
	Engine  *explain.Engine
	Catalog *catalog.Catalog
}
