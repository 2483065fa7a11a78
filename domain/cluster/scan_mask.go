package cluster

import "strings"

// Mask is a kind of variable text.
type Mask uint8

// The masks. A template holds their names in angle brackets, such as "<num>".
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

// maskTexts are the masks as text, such as "<num>".
var maskTexts = func() (texts [len(maskNames)]string) {
	for m := Num; int(m) < len(maskNames); m++ {
		texts[m] = "<" + maskNames[m] + ">"
	}
	return texts
}()

// maxMask is the length of the longest of these texts.
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

// Span is a masked part of a text: the bytes from Start to End. Neighbours of one
// kind with only spaces or a comma between them are one span, because the length of
// a list does not matter.
type Span struct {
	Mask       Mask
	Start, End int
}
