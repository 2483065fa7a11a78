package cluster

import (
	"slices"
	"strconv"
	"strings"
	"wherefore/domain/facts"

	"wherefore/domain"
)

// separator parts the facts at a template's head from the masked message.
const separator = '│'

// GroupingVersion is that of the rules by which this package makes shapes and groups
// them. It goes up with every change after which a message may have another
// shape, or a shape another cluster: then what is stored is grouped anew.
const GroupingVersion = 3

// Shape is what an error looks like with its variable parts masked. Errors of
// one network with equal templates have one shape.
type Shape struct {
	Hash     uint64 // of Template; the same on every machine
	Template string // valid UTF-8, one line, at most some 3 KiB
	Version  int    // of the rules that made it
}

func newShape(template []byte) Shape {
	return Shape{hashBytes(template), string(template), GroupingVersion}
}

// ShapeOf returns the shape of an error of a network: its status, code, subcode and
// type as they are, since they decide what an error means, and its message masked;
// without a message the structure of its body stands for it. Only then the format
// counts: the same words are the same error, whether a client passed the answer on
// or its library printed it.
func ShapeOf(network domain.Network, facts facts.Facts) Shape {
	var s Scanner
	masked, _ := s.Scan(maskedText(facts))
	text := append([]byte(nil), factsHead(network, facts)...)
	text = append(text, masked...)
	return newShape(text)
}

// maskedText is what is masked of an error.
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

// factsHead writes the facts that are compared as they are.
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

// maxFact is how long a code or type may be to be taken as it is; longer ones
// are texts and masked like one.
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

// Bounds of a structure: key paths, and how deep they are followed.
const (
	maxKeyPaths = 64
	maxDepth    = 16
)

// keyPaths lists a body's key paths, sorted, since the order of members says
// nothing; elements of an array count as one.
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
