package handlers

import (
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/store"
)

// Dashboard answers the pages' requests. Each page group has a file of its
// own, named like its views and its part of the store.
type Dashboard struct {
	Store   *store.Store
	Engine  *explain.Engine
	Catalog *catalog.Catalog
}
