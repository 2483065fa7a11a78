package service

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// A chain that a test builds for itself proves nothing about the program, so
// only Handler puts the routes and the middleware together.
func TestOneFunctionBuildsWhatIsServed(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			found = append(found, chainParts(decl)...)
		}
	}
	slices.Sort(found)
	if want := []string{"Handler uses middleware", "Handler uses routes"}; !slices.Equal(found, want) {
		t.Errorf("%q, want %q", found, want)
	}
}

// chainParts lists which parts of the chain a declaration uses.
func chainParts(decl ast.Decl) []string {
	name := "a variable"
	if f, ok := decl.(*ast.FuncDecl); ok {
		name = f.Name.Name
	}
	var parts []string
	ast.Inspect(decl, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "routes" || s.Sel.Name == "middleware") {
			parts = append(parts, name+" uses "+s.Sel.Name)
		}
		return true
	})
	return parts
}
