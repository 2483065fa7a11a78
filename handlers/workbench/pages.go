package workbench

import (
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/handlers/rulesets"
	"wherefore/handlers/trials"
	"wherefore/store"
)

// Pages answers the requests of the workbench.
type Pages struct {
	Store    *store.Store
	Engine   *explain.Engine
	Catalog  *catalog.Catalog
	Trials   *trials.Pages
	Rulesets *rulesets.Pages

	classifier classifier
}
