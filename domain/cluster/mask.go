// Package cluster groups errors and messages that say the same. A stateless
// scanner masks the variable parts of a text and gives its shape; a Grouper
// merges shapes that differ only in words that turn out to be variable.
package cluster

import "strings"

// Mask is the kind of a variable part.
type Mask uint8

// The kinds. Their names stand in templates between angle brackets.
const (
	Num Mask = iota + 1
	Hex
	ID
	UUID
	IP
	Host
	URL
	Path
	Email
	Time
	Duration
	Size
	Quoted
	Opaque // base64 and other opaque text
	Mention
	Version
	Binary // control characters and what is not UTF-8
)

var maskNames = [...]string{
	Num: "num", Hex: "hex", ID: "id", UUID: "uuid", IP: "ip", Host: "host", URL: "url",
	Path: "path", Email: "email", Time: "time", Duration: "duration", Size: "size",
	Quoted: "quoted", Opaque: "token", Mention: "mention", Version: "version", Binary: "bytes",
}

// maskTexts are the masks as templates hold them.
var maskTexts = func() (texts [len(maskNames)]string) {
	for m := Num; int(m) < len(maskNames); m++ {
		texts[m] = "<" + maskNames[m] + ">"
	}
	return texts
}()

// maxMask is the length of the longest of them.
const maxMask = len("<duration>")

// maskAt returns the mask that text begins with, 0 if none.
func maskAt(text string) Mask {
	if len(text) < 4 || text[0] != '<' {
		return 0
	}
	for m := Num; int(m) < len(maskTexts); m++ {
		if strings.HasPrefix(text, maskTexts[m]) {
			return m
		}
	}
	return 0
}

// Span is a variable part of a text: the bytes from Start to End. Neighbours of
// one kind that only spaces or commas part are one span, because a list has as
// many items as it happens to have.
type Span struct {
	Mask       Mask
	Start, End int
}
