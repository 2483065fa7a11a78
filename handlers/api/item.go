package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wherefore/domain"
	"wherefore/domain/scrub"
	"wherefore/store"
)

// maxError is how many bytes an error may have.
const maxError = 1 << 20

// item is one event as it was sent, and what was read of it.
type item struct {
	raw   []byte
	event domain.Event
	err   error // why there is no event
}

// readItem reads one posted event. An optional field that can't be used as it
// is gets mended, which the event says in Mended. The error is an Invalid that
// names the field because of which there is no event; what could be read of it
// stands in the event all the same. Network and OccurredAt may be missing from
// an event: they are filled in later.
func readItem(raw []byte) item {
	fields, _ := members(raw)
	return readFields(raw, fields)
}

// readFields is readItem of an object whose fields are known, nil for what is
// no object.
func readFields(raw []byte, fields map[string][]byte) item {
	if fields == nil {
		return item{raw, domain.Event{}, errNoObject}
	}
	in := objectReader{fields: fields}
	e := domain.Event{
		SourceEventID: in.required("id"),
		ProfileID:     in.required("profile_id"),
		Type:          in.eventType("type"),
		Network:       domain.Network(in.word("network")),
		OccurredAt:    in.time("occurred_at"),
		Status:        in.status("http_status"),
		Operation:     in.optional("operation"),
		ProfileName:   in.optional("profile_name"),
		OwnerID:       in.optional("owner_id"),
		CredentialID:  in.optional("credential_id"),
	}
	if e.Type.HasError() {
		e.Raw = in.networkError("error")
	}
	e.Mended = in.mended
	return item{raw, e, in.err}
}

var errNoObject = domain.Errorf(domain.Invalid, "An event is a JSON object, such as "+
	`{"id": "…", "profile_id": "…", "error": …}.`)

// objectReader reads the fields of one object. It keeps the first fault that nothing
// mends, and the names of the fields that it mended.
type objectReader struct {
	fields map[string][]byte
	err    error
	mended []string
}

func (in *objectReader) fail(field, format string, args ...any) {
	if in.err == nil {
		in.err = domain.InvalidField(field, format, args...)
	}
}

func (in *objectReader) mend(field string) {
	if !slices.Contains(in.mended, field) {
		in.mended = append(in.mended, field)
	}
}

// given returns the bytes of a field, nil when it is absent, null or empty.
func (in *objectReader) given(field string) []byte {
	v := in.fields[field]
	if string(v) == "null" || string(v) == `""` {
		return nil
	}
	return v
}

// text returns what a field says, "" when it says nothing. All text that is
// kept of a sender's fields, but the error, comes from here: without control
// characters and of at most store.MaxID characters. fault says why that is less
// than was sent. A number is read as its digits.
func (in *objectReader) text(field string) (s, fault string) {
	v := in.given(field)
	switch {
	case v == nil:
		return "", ""
	case isNumber(v):
		in.mend(field)
		return clip(string(v)), ""
	case v[0] != '"':
		return "", "Give a text in quotes."
	}
	sent, whole := unquoteText(v)
	clean := cleanLine(sent)
	s = clip(clean)
	switch {
	case s != clean:
		s = clip(scrub.Text(clean)) // cut, a secret may not be known as one
		fault = fmt.Sprintf("Give at most %d characters, not %d.", store.MaxID, utf8.RuneCountInString(clean))
	case clean != sent || !whole:
		fault = "Give text in UTF-8 without control characters."
	}
	return s, fault
}

func (in *objectReader) required(field string) string {
	s, fault := in.text(field)
	switch {
	case fault != "":
		in.fail(field, "%s", fault)
	case s == "":
		in.fail(field, "A text of at most %d characters is needed.", store.MaxID)
	case strings.TrimSpace(s) == "":
		in.fail(field, "Give more than white space.")
	}
	return s
}

// optional is not for ids that are required: those with marks are taken as
// sent, since without them they could be the ids of others.
func (in *objectReader) optional(field string) string {
	s, fault := in.text(field)
	clean := withoutMarks(s)
	if fault != "" || clean != s {
		in.mend(field)
	}
	return clean
}

// word returns a text that is one of few, which are in small letters.
func (in *objectReader) word(field string) string {
	if v := in.given(field); v != nil && v[0] != '"' {
		in.mend(field)
		return ""
	}
	s := in.optional(field)
	word := strings.ToLower(strings.TrimSpace(s))
	if word != s {
		in.mend(field)
	}
	return word
}

// eventType is not mended into a type that was not sent, since the type decides
// on the profile's state.
func (in *objectReader) eventType(field string) domain.EventType {
	t := domain.EventType(in.word(field))
	switch v := in.given(field); {
	case v == nil:
		return domain.Disconnected
	case !slices.Contains(domain.EventTypes(), t):
		in.fail(field, "Give disconnected, failed, reconnected or succeeded, not %.50s.", scrub.Text(string(v))) // cut, a secret may not be known as one
		return ""
	}
	return t
}

// networkError returns the bytes of the network's answer: of a string its
// text, of null none, of anything else the JSON as sent.
func (in *objectReader) networkError(field string) []byte {
	v, sent := in.fields[field]
	switch {
	case !sent:
		in.fail(field, "What the network answered is needed, as any JSON value.")
		return nil
	case string(v) == "null":
		return []byte{}
	case v[0] == '"':
		v = []byte(unquote(v))
	}
	if len(v) > maxError {
		in.fail(field, "At most %d bytes are taken, not %d.", maxError, len(v))
	}
	return v
}
