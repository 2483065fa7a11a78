package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wherefore/domain"
	"wherefore/store"
)

// maxError is how many bytes an error may have.
const maxError = 1 << 20

// clockSkew is how far ahead of ours a sender's clock may be.
const clockSkew = 5 * time.Minute

// readItem reads one posted event. The error is an Invalid that names the
// field at fault and what would be right. Network and OccurredAt may be
// missing from the event: they are filled in later.
func readItem(raw []byte) (domain.Event, error) {
	fields, ok := members(raw)
	if !ok {
		return domain.Event{}, domain.Errorf(domain.Invalid, "an event is a JSON object, such as "+
			`{"id": "…", "profile_id": "…", "error": …}`)
	}
	in := input{fields: fields}
	e := domain.Event{
		SourceEventID: in.text("id", true),
		ProfileID:     in.text("profile_id", true),
		Type:          in.eventType(),
		Network:       domain.Network(in.text("network", false)),
		OccurredAt:    in.time("occurred_at"),
		Status:        in.status("http_status"),
		Operation:     in.text("operation", false),
		ProfileName:   in.text("profile_name", false),
		OwnerID:       in.text("owner_id", false),
		CredentialID:  in.text("credential_id", false),
	}
	e.Raw = in.networkError("error", e.Type.HasError())
	return e, in.err
}

// input reads the fields of one object and keeps the first fault.
type input struct {
	fields map[string][]byte
	err    error
}

func (in *input) fail(field, format string, args ...any) {
	if in.err == nil {
		in.err = domain.InvalidField(field, format, args...)
	}
}

// given returns the bytes of a field, nil when it is absent or null.
func (in *input) given(field string) []byte {
	v := in.fields[field]
	if string(v) == "null" {
		return nil
	}
	return v
}

func (in *input) text(field string, required bool) string {
	v := in.given(field)
	if v == nil {
		if required {
			in.fail(field, "is required: a text of at most %d characters", store.MaxID)
		}
		return ""
	}
	if v[0] != '"' {
		in.fail(field, "must be a text in quotes")
		return ""
	}
	s, whole := unquote(v)
	switch {
	case required && strings.TrimSpace(s) == "":
		in.fail(field, "must not be empty")
	case utf8.RuneCountInString(s) > store.MaxID:
		in.fail(field, "must have at most %d characters, not %d", store.MaxID, utf8.RuneCountInString(s))
	case !whole || !utf8.ValidString(s) || strings.ContainsFunc(s, isControl):
		in.fail(field, "must be text in UTF-8 without control characters")
	default:
		return s
	}
	return ""
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func (in *input) eventType() domain.EventType {
	t := cmp.Or(domain.EventType(in.text("type", false)), domain.Disconnected)
	if !slices.Contains(domain.EventTypes(), t) {
		in.fail("type", "must be disconnected, failed, reconnected or succeeded, not %q", t)
		return ""
	}
	return t
}

func (in *input) time(field string) time.Time {
	s := in.text(field, false)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	switch {
	case err != nil:
		in.fail(field, "must be a time such as 2026-11-20T10:00:00Z, not %q", s)
	case t.Year() < 2000:
		in.fail(field, "must not be before the year 2000")
	case time.Until(t) > clockSkew:
		in.fail(field, "must not lie in the future: %q", s)
	default:
		return t.UTC().Round(time.Microsecond)
	}
	return time.Time{}
}

func (in *input) status(field string) int {
	v := in.given(field)
	if v == nil {
		return 0
	}
	n, err := strconv.Atoi(string(v))
	if err != nil || n != 0 && (n < 100 || n > 599) {
		in.fail(field, "must be a number from 100 to 599, or be left out")
		return 0
	}
	return n
}

// networkError returns the bytes of the network's answer: of a string its
// text, of anything else the JSON as sent.
func (in *input) networkError(field string, required bool) []byte {
	v, sent := in.fields[field]
	if !sent {
		if required {
			in.fail(field, "is required: what the network answered, as any JSON value")
		}
		return nil
	}
	if v[0] == '"' {
		text, _ := unquote(v)
		v = []byte(text)
	}
	if len(v) > maxError {
		in.fail(field, "must be at most %d bytes long, not %d", maxError, len(v))
	}
	return v
}
