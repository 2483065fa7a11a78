package service

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"wherefore/web/webtest"
)

// TestEveryAddressHasARoute reads the addresses that views/urls.go can make and
// asks the patterns of routes.go for each. What is variable in one stands as "7".
func TestEveryAddressHasARoute(t *testing.T) {
	routes := webtest.Routes(t, "routes.go")
	file, err := parser.ParseFile(token.NewFileSet(), "../../views/urls.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() {
			continue
		}
		for _, path := range pathsOf(f) {
			found++
			if !routed(routes, path) {
				t.Errorf("%s leads to %s, and no route does", f.Name.Name, path)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d addresses found", found)
	}
}

func routed(mux *http.ServeMux, path string) bool {
	for _, method := range []string{"GET", "POST"} {
		if _, pattern := mux.Handler(httptest.NewRequest(method, path, nil)); pattern != "" {
			return true
		}
	}
	return false
}

// pathsOf returns the paths that a function of urls.go builds by calling at.
func pathsOf(f *ast.FuncDecl) []string {
	var paths []string
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "at" && len(call.Args) > 1 {
			paths = append(paths, pathOf(call.Args[1:]))
		}
		return true
	})
	return paths
}

func pathOf(parts []ast.Expr) string {
	var path strings.Builder
	for _, part := range parts {
		text := "7"
		if literal, ok := part.(*ast.BasicLit); ok {
			text, _ = strconv.Unquote(literal.Value)
		}
		path.WriteString("/" + text)
	}
	return path.String()
}
