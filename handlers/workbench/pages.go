package workbench

import (
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/handlers/trials"
	"wherefore/store"
)

// Pages answers the requests of the workbench and of the rulesets' pages.
type Pages struct {
	Store   *store.Store
	Engine  *explain.Engine
	Catalog *catalog.Catalog
	Trials  *trials.Pages

	classifier classifier
}
