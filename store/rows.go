package store

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"wherefore/domain"
)

// column makes the array parameter of one column of a bulk statement.
func column[R, C any](rows []R, get func(R) C) any {
	values := make([]C, len(rows))
	for i, row := range rows {
		values[i] = get(row)
	}
	return array(values)
}

// array is pq.Array, without its reflection for times and ints.
func array(values any) any {
	switch values := values.(type) {
	case []time.Time:
		return column(values, func(t time.Time) string { return string(pq.FormatTimestamp(t)) })
	case []int:
		return column(values, func(n int) int64 { return int64(n) })
	}
	return pq.Array(values)
}

// textColumn is column for strings that the database must take whatever they hold.
func textColumn[R any, S ~string](rows []R, get func(R) S) any {
	return column(rows, func(r R) string { return sanitize(string(get(r))) })
}

// sanitize returns s without what a text column refuses: broken UTF-8 and NUL.
func sanitize(s string) string {
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// clip cuts s to at most MaxID characters.
func clip(s string) string {
	if len(s) <= MaxID {
		return s
	}
	left := MaxID
	for i := range s {
		if left == 0 {
			return s[:i]
		}
		left--
	}
	return s
}

// evidence is a verdict's evidence in a json column.
type evidence []domain.Evidence

func (e evidence) Value() (driver.Value, error) {
	if len(e) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(e)
	return string(text), err
}

func (e *evidence) Scan(src any) error {
	text, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("evidence is %T", src)
	}
	return json.Unmarshal(text, e)
}

// validID reports whether id can be the id of an event. One that can't is
// simply not found; the database would call it invalid.
func validID(id string) bool {
	_, err := uuid.Parse(id)
	return err == nil && len(id) == 36
}

func sanitizeAll(values []string) []string {
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = sanitize(v)
	}
	return clean
}

// nullTime makes a zero time NULL, for predicates that it switches off.
func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// firstID is the least id that events which occurred from a time on can have, NULL for
// a zero time. A statement gets the value, since a function of a parameter would be
// called for each row, and no partition left out.
func firstID(from time.Time) any {
	if from.IsZero() {
		return nil
	}
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(max(0, from.Add(-24*time.Hour).UnixMilli()))<<16)
	return id.String()
}

// interval writes a duration as PostgreSQL reads it.
func interval(d time.Duration) string { return fmt.Sprintf("%d microseconds", d.Microseconds()) }

// nullText makes an empty string NULL.
func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}
