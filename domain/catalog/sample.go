package catalog

import (
	"bytes"
	"encoding/json"
	"strconv"

	"go.yaml.in/yaml/v4"

	"wherefore/domain"
)

// sample reads one sample of a parser.
func (r reader) sample(n *node) domain.Sample {
	s := domain.Sample{Origin: r.origin(n)}
	r.mapping(n, fields{
		"status": func(n *node) {
			status, err := strconv.Atoi(n.Value)
			if err != nil || status < 100 || status > 999 {
				r.fail(n, "status %s is not an HTTP status", kindName(n))
			}
			s.Status = status
		},
		"error": func(n *node) { s.Error = r.errorBytes(n) },
	}, "error")
	return s
}

// errorBytes returns a sample's error as the network would send it.
func (r reader) errorBytes(n *node) []byte {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		return []byte(n.Value)
	}
	var b bytes.Buffer
	r.writeJSON(&b, n)
	return b.Bytes()
}

// writeJSON writes a node as compact JSON, keys in the file's order.
func (r reader) writeJSON(b *bytes.Buffer, n *node) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, n.Content[i].Value)
			b.WriteByte(':')
			r.writeJSON(b, n.Content[i+1])
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			r.writeJSON(b, item)
		}
		b.WriteByte(']')
	default:
		r.writeScalar(b, n)
	}
}

// writeScalar keeps a number's text, so that 1.10 and ids beyond 2^53 survive.
func (r reader) writeScalar(b *bytes.Buffer, n *node) {
	switch n.ShortTag() {
	case "!!null":
		b.WriteString("null")
	case "!!bool", "!!int", "!!float":
		text := bytes.ToLower([]byte(n.Value))
		if n.ShortTag() != "!!bool" {
			text = []byte(n.Value)
		}
		if !json.Valid(text) {
			r.fail(n, "%s is not a value of JSON; quote it", n.Value)
		}
		b.Write(text)
	default:
		writeString(b, n.Value)
	}
}

func writeString(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	// A buffer takes everything and a string is always a value of JSON.
	_ = e.Encode(s)
	b.Truncate(b.Len() - 1) // the encoder's newline
}
