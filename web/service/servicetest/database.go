package servicetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"

	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/service"
)

// builtins are the catalogue and its compiled rulesets. Being kept, they are compiled
// once per process: whoever compiles an equal condition shares it.
type builtins struct {
	catalog  *catalog.Catalog
	engine   *explain.Engine
	template storetest.Template
}

var loaded = sync.OnceValues(func() (*builtins, error) {
	c, engine, err := explain.Load()
	if err != nil {
		return nil, err
	}
	b := &builtins{catalog: c, engine: engine}
	b.template = storetest.Template{Name: digest(c), Fill: b.fill}
	return b, nil
})

// fill makes the catalogue's parsers live in a database.
func (b *builtins) fill(ctx context.Context, s *store.Store) error {
	_, err := service.SyncCatalog(ctx, s, b.catalog)
	return err
}

// Store returns a store on a fresh database that has the catalogue's parsers live.
func Store(t testing.TB) *store.Store {
	t.Helper()
	b, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Open(t, storetest.URLOf(t, b.template))
}

// digest changes with the reasons and parsers that a database is given.
func digest(c *catalog.Catalog) string {
	sum := sha256.New()
	fmt.Fprintln(sum, c.Version())
	for _, entry := range c.Networks() {
		fmt.Fprintf(sum, "%+v\n", explain.BuiltinSpecs(entry))
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}
