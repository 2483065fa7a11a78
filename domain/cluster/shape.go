package cluster

import (
	"slices"
	"strconv"
	"strings"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// separator stands between the facts of a template and its masked message.
const separator = '│'

// GroupingVersion is the version of the rules of this package. It must be raised with
// each change after which a message may have another shape, or a shape another
// cluster; stored errors are then grouped again.
const GroupingVersion = 3

// Shape is an error with its variable parts masked. Errors of one network with equal
// templates have the same shape.
type Shape struct {
	Hash     uint64 // of Template; the same on every machine
	Template string // valid UTF-8, one line, at most some 3 KiB
	Version  int    // of the rules that made it
}

func newShape(template []byte) Shape {
	return Shape{hashBytes(template), string(template), GroupingVersion}
}

// ShapeOf returns the shape of an error of a network. Its template holds the status,
// code, subcode and type as they are, because they decide what an error means, and
// the masked message. An error without a message has its format and the key paths of
// its body instead. With a message the format does not count, because the same words
// are the same error, whether a client passed the JSON on or a library printed it.
func ShapeOf(network domain.Network, facts facts.Facts) Shape {
	var s Scanner
	masked, _ := s.Scan(maskedText(facts))
	text := append([]byte(nil), factsHead(network, facts)...)
	text = append(text, masked...)
	return newShape(text)
}

// maskedText is the text of an error that is masked: its message, or else its key paths.
func maskedText(f facts.Facts) string {
	if f.Message == "" {
		return keyPaths(f.Body)
	}
	return f.Message
}

// ShapeOfMessage returns the shape of a bare message.
func ShapeOfMessage(message string) Shape {
	var s Scanner
	text, _ := s.Scan(message)
	return newShape(text)
}

// factsHead is the part of a template with the facts, which are compared as they are.
func factsHead(network domain.Network, f facts.Facts) string {
	parts := []string{string(network)}
	if f.Message == "" {
		parts = append(parts, string(f.Format))
	}
	if f.Status != 0 {
		parts = append(parts, strconv.Itoa(f.Status))
	}
	for _, fact := range []struct{ name, value string }{{"code", f.Code}, {"subcode", f.Subcode}, {"type", f.Type}} {
		if fact.value != "" {
			parts = append(parts, fact.name+"="+factText(fact.value))
		}
	}
	return strings.Join(parts, " ") + " " + string(separator) + " "
}

// maxFact is the length of the longest code or type that is kept as it is; a longer
// one is text, and masked.
const maxFact = 80

func factText(fact string) string {
	fact = strings.ReplaceAll(fact, string(separator), "|")
	if len(fact) <= maxFact && strings.IndexFunc(fact, func(r rune) bool { return r < ' ' }) < 0 {
		return fact
	}
	var s Scanner
	masked, _ := s.Scan(fact)
	return strings.ToValidUTF8(string(masked[:min(len(masked), maxFact)]), "")
}

// Limits of the key paths of a body: how many, and how deep.
const (
	maxKeyPaths = 64
	maxDepth    = 16
)

// keyPaths lists the key paths of a body, sorted, because the order of members has no
// meaning. The items of an array share one path, such as "errors[].code".
func keyPaths(body facts.Value) string {
	var paths []string
	collectKeyPaths(body, "", 0, &paths)
	slices.Sort(paths)
	return strings.Join(slices.Compact(paths), " ")
}

func collectKeyPaths(v facts.Value, path string, depth int, paths *[]string) {
	if len(*paths) >= maxKeyPaths || depth > maxDepth {
		return
	}
	switch v.Kind() {
	case facts.ObjectValue:
		for key, member := range v.Members() {
			collectKeyPaths(member, path+"."+key, depth+1, paths)
		}
	case facts.ArrayValue:
		for item := range v.Items() {
			collectKeyPaths(item, path+"[]", depth+1, paths)
		}
	default:
		*paths = append(*paths, strings.TrimPrefix(path, "."))
	}
}
