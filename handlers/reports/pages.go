package reports

import (
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/store"
)

// Pages answers the requests of the overview, of reasons and of trends.
type Pages struct {
	Store   *store.Store
	Engine  *explain.Engine
	Catalog *catalog.Catalog
	BaseURL string // as services reach the API: scheme, host and port
}
