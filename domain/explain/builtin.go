package explain

import (
	"errors"
	"fmt"
	"sync"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

// BuiltinVersion is the version of a ruleset that no database knows.
const BuiltinVersion = 0

// FromCatalog returns an engine with the catalogue's layouts and built-in
// rulesets. Its error joins all that is wrong, each with file, line and entry.
func FromCatalog(c *catalog.Catalog) (*Engine, error) {
	var problems []error
	layouts := map[domain.Network]*facts.Layout{}
	for _, entry := range c.Networks() {
		layout, err := facts.NewLayout(entry.Layout)
		if err != nil {
			problems = append(problems, fmt.Errorf("networks/%s.yaml: facts: %w", entry.Network, err))
		}
		layouts[entry.Network] = layout
	}
	engine := NewEngine(layouts)
	for _, entry := range c.Networks() {
		r, err := builtinRuleset(entry)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		engine.Swap(r)
	}
	return engine, errors.Join(problems...)
}

// builtinRuleset compiles the parsers that ship with the program.
func builtinRuleset(entry *catalog.NetworkEntry) (*parse.Ruleset, error) {
	var parsers []*parse.Parser
	var problems []error
	for _, spec := range BuiltinSpecs(entry) {
		compiled, err := parse.NewParser(spec)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: parser %s: %w", spec.Origin.File, spec.Origin.Line, spec.Name, err))
			continue
		}
		parsers = append(parsers, compiled)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return parse.NewRuleset(entry.Network, BuiltinVersion, parsers)
}

// guarded has the parsers of BuiltinSpecs by their entry, which does not change.
var guarded sync.Map // *catalog.NetworkEntry → []domain.ParserSpec

// BuiltinSpecs are the parsers that ship with the program, each guarded against
// the codes of the others. They are found once per entry; nobody changes them.
func BuiltinSpecs(entry *catalog.NetworkEntry) []domain.ParserSpec {
	if specs, found := guarded.Load(entry); found {
		return specs.([]domain.ParserSpec)
	}
	specs := guard(entry)
	guarded.Store(entry, specs)
	return specs
}

func guard(entry *catalog.NetworkEntry) []domain.ParserSpec {
	specs := make([]domain.ParserSpec, len(entry.Parsers))
	for i, p := range entry.Parsers {
		specs[i] = p.ParserSpec
	}
	open := map[string][]domain.Cause{}
	for _, e := range entry.Codes {
		if len(e.Causes) == 0 {
			for _, r := range entry.Reasons {
				e.Causes = append(e.Causes, r.ID.Cause())
			}
		}
		for _, code := range e.Codes {
			open[code] = append(open[code], e.Causes...)
		}
	}
	return parse.Guarded(specs, open)
}

// Load is FromCatalog of the catalogue in the program.
func Load() (*catalog.Catalog, *Engine, error) {
	c, err := catalog.Load()
	if err != nil {
		return nil, nil, err
	}
	engine, err := FromCatalog(c)
	return c, engine, err
}
