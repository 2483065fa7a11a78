package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// messageArguments says at which place the constructors of domain.Error take the
// message or its format: functions of a package, and methods that it calls.
var messageArguments = map[string]int{
	"domain.Errorf": 1, "domain.InvalidField": 1, "api.fail": 1, "store.unavailable": 0,
}

// messageTypes are the types with a Message of full sentences.
var messageTypes = map[string]bool{
	"domain.Error": true, "parse.ConditionError": true, "parse.RowError": true, "ui.ProblemProps": true,
}

func TestMessagesOfErrorsAreSentences(t *testing.T) {
	messages := 0
	for _, name := range goFiles(t) {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			message := messageIn(file.Name.Name, n)
			if message == nil {
				return true
			}
			messages++
			if first, last := firstText(message), lastText(message); !beginsSentence(first) || !endsSentence(last) {
				t.Errorf("%s: the message from %q to %q is no sentence", files.Position(message.Pos()), first, last)
			}
			return true
		})
	}
	if messages < 100 {
		t.Errorf("%d messages were found: the test looks for them in the wrong way", messages)
	}
}

// messageIn returns the message that n gives to an error, nil if it gives none.
func messageIn(in string, n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		for _, name := range namesOf(in, n.Fun) {
			if at, ok := messageArguments[name]; ok && len(n.Args) > at {
				return n.Args[at]
			}
		}
	case *ast.CompositeLit:
		for _, name := range namesOf(in, n.Type) {
			if messageTypes[name] {
				return fieldOf(n, "Message")
			}
		}
	}
	return nil
}

// namesOf returns what a name in a package can stand for, with its package: a
// name behind a dot is one of another package, or a method in this one.
func namesOf(in string, e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.Ident:
		return []string{in + "." + e.Name}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return []string{x.Name + "." + e.Sel.Name, in + "." + e.Sel.Name}
		}
	}
	return nil
}

func fieldOf(c *ast.CompositeLit, field string) ast.Expr {
	for _, element := range c.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == field {
				return kv.Value
			}
		}
	}
	return nil
}

// firstText returns the first part of an expression when it is a constant text,
// else a placeholder.
func firstText(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return firstText(sum.X)
	}
	return textOf(e)
}

// lastText is firstText for the last part.
func lastText(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return lastText(sum.Y)
	}
	return textOf(e)
}

// textOf returns a constant text, that of a Sprintf, or a placeholder for all
// that is known only when it runs.
func textOf(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0 {
		if slices.Contains(namesOf("", call.Fun), "fmt.Sprintf") {
			return textOf(call.Args[0])
		}
	}
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return "%s"
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return literal.Value
	}
	return text
}

func beginsSentence(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsUpper(first) || strings.ContainsRune("%“\"", first)
}

func endsSentence(text string) bool { return strings.HasSuffix(text, ".") || text == "%s" }

func TestSentencesAreKnown(t *testing.T) {
	for message, want := range map[string]bool{
		`"Give it once, not %d times."`:          true,
		`"“%s” can't be used."`:                  true,
		`"%q is a parser of %s."`:                true,
		`words`:                                  true, // are not known here
		`"Wait " + wait + ", then try again."`:   true,
		`fmt.Sprintf("The limit is %d.", limit)`: true,
		`"is missing"`:                           false,
		`"must be one of " + names`:              false,
		`"There is no parser %q"`:                false,
		`"Send an object, " + "or an array"`:     false,
		`fmt.Sprintf("the limit is %d.", limit)`: false,
	} {
		e, err := parser.ParseExpr(message)
		if err != nil {
			t.Fatal(err)
		}
		if got := beginsSentence(firstText(e)) && endsSentence(lastText(e)); got != want {
			t.Errorf("%s is a sentence: %t, want %t", message, got, want)
		}
	}
}
