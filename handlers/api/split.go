package api

import (
	"bytes"
	"iter"
)

// What senders post is split here by hand rather than by encoding/json: one
// item that is nested 10,000 deep, or cut, or not UTF-8, must not take the
// other items of its batch with it, and an error has to be kept to the byte.

var byteOrderMark = []byte("\xef\xbb\xbf")

// splitter reads a body once, from its beginning to its end.
type splitter struct {
	body   []byte
	lines  bool // a line holds whole events, as long as nothing says otherwise
	at     int  // what is read next
	rest   int  // where the text begins that is in no object, -1 for none
	arrays int  // that are open
	yield  func(raw []byte, fields map[string][]byte) bool
	done   bool // yield wants no more
}

// split yields each object of a body that can be told apart, with its fields,
// and what is left between them, without: in lines one a line, otherwise one
// between the commas of an array.
func split(body []byte, lines bool) iter.Seq2[[]byte, map[string][]byte] {
	return func(yield func([]byte, map[string][]byte) bool) {
		s := splitter{body: body, lines: lines, rest: -1, yield: yield}
		for s.at < len(body) && !s.done {
			s.step()
		}
		s.endRest(len(body))
	}
}

func (s *splitter) step() {
	switch c := s.body[s.at]; {
	case c == '{':
		s.object()
	case isSpace(c):
		if c == '\n' && s.lines {
			s.endRest(s.at)
		}
		s.at++
	case s.rest >= 0 && s.arrays > 0 && !s.lines && (c == ',' || c == ']'):
		s.endRest(s.at)
	case s.rest < 0 && c == '[':
		s.arrays++
		s.at++
	case s.rest < 0 && (c == ',' || c == ']'):
		if c == ']' {
			s.arrays = max(0, s.arrays-1)
		}
		s.at++
	case s.rest < 0 && bytes.HasPrefix(s.body[s.at:], byteOrderMark):
		s.at += len(byteOrderMark)
	case c == '"':
		s.beginRest()
		s.text()
	default:
		s.beginRest()
		s.at++
	}
}

// object reads what begins with a brace: an object, or the beginning of one.
func (s *splitter) object() {
	n, whole := object(s.body[s.at:], s.lines)
	raw := s.body[s.at : s.at+n]
	if !whole {
		s.beginRest()
		s.at += n
		s.endRest(s.at)
		return
	}
	if fields, ok := members(raw); ok {
		s.endRest(s.at)
		s.emit(raw, fields)
	} else {
		s.beginRest()
	}
	s.at += n
}

// text skips a string that is in no object.
func (s *splitter) text() {
	for i := s.at + 1; i < len(s.body); i++ {
		switch c := s.body[i]; {
		case c == '\\':
			i++
		case c == '\n' && s.lines:
			s.at = i
			return
		case c == '"':
			n := i + 1 - s.at
			if begins := cutString(s.body[s.at:], n); begins > 0 {
				n = begins
			}
			s.at += n
			return
		}
	}
	s.at = len(s.body)
}

func (s *splitter) beginRest() {
	if s.rest < 0 {
		s.rest = s.at
	}
}

// endRest ends the text that is in no object. White space that JSON does not know
// is none.
func (s *splitter) endRest(end int) {
	if s.rest >= 0 {
		if raw := bytes.TrimSpace(s.body[s.rest:end]); len(raw) > 0 {
			s.emit(raw, nil)
		}
	}
	s.rest = -1
}

func (s *splitter) emit(raw []byte, fields map[string][]byte) {
	s.done = s.done || !s.yield(raw, fields)
}
