package profiles

import (
	"wherefore/domain/catalog"
	"wherefore/store"
)

// Pages answers the requests of the pages of profiles.
type Pages struct {
	Store   *store.Store
	Catalog *catalog.Catalog
}
