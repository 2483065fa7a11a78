package rulesets

import (
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/handlers/trials"
	"wherefore/store"
)

// Pages answers the requests of the pages of rulesets.
type Pages struct {
	Store   *store.Store
	Engine  *explain.Engine
	Catalog *catalog.Catalog
	Trials  *trials.Pages
}
