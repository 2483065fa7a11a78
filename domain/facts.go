package domain

import "strings"

// Format is what an error's bytes are.
type Format string

// The formats.
const (
	JSON  Format = "json" // holds a structure: JSON, or a dump of it, anywhere in the bytes
	Text  Format = "text"
	HTML  Format = "html"
	Empty Format = "empty"
)

// Facts are what is read out of an error. Strings are valid UTF-8, empty when absent.
type Facts struct {
	Format  Format
	Status  int // HTTP status, 0 unknown
	Code    string
	Subcode string
	Type    string
	Message string
	Body    Value // the structure that the facts were read from, null without one
}

// ReadFacts reads an error as the layout of its network says. Status is the HTTP
// status of the answer, 0 if the sender did not know it. A nil layout reads
// status and message only. It never fails, takes any bytes, and its work grows
// with their number only.
func ReadFacts(l *Layout, status int, raw []byte) Facts {
	if l == nil {
		l = &Layout{}
	}
	text := strings.TrimSpace(CleanText(raw))
	if text == "" {
		return Facts{Format: Empty, Status: status}
	}
	f, found := readStructure(l, text)
	if !found {
		f = readText(l, text)
	}
	f.Status = status
	return f
}

func readStructure(l *Layout, text string) (Facts, bool) {
	body, ok := decodeJSON(text)
	if !ok || body.Kind() != ObjectValue && body.Kind() != ArrayValue {
		return Facts{}, false
	}
	f := l.find(body)
	f.Format, f.Body = JSON, body
	return f, true
}

// find looks for the layout's shapes in v and in the objects inside it.
func (l *Layout) find(v Value) Facts {
	var words Facts // the first match that has only a message
	for i := range l.shapes {
		for at := range v.nodes {
			if v.nodes[at].kind != ObjectValue && at > 0 {
				continue
			}
			f := l.shapes[i].read(v.child(at), l.ignore)
			if f.Code != "" || f.Subcode != "" || f.Type != "" {
				return f
			}
			if words.Message == "" {
				words.Message = f.Message
			}
		}
	}
	return words
}

func readText(l *Layout, text string) Facts {
	f := Facts{Format: Text}
	for i := range l.text {
		l.text[i].add(&f, text)
	}
	if f.Message == "" {
		f.Message = text
	}
	return f
}
