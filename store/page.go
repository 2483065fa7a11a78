package store

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

	"wherefore/domain"
)

// Page is a part of a list that is read by key: a page begins behind a row of another
// one, so that rows which arrive meanwhile neither repeat nor hide any.
type Page[T any] struct {
	Rows     []T
	Total    int    // of the whole list, where it is counted; MaxTotal+1 stands for more than MaxTotal
	Next     string // the cursor of the page that follows, "" when this is the last
	Previous string // the cursor of the page that precedes it, "" when this is the first or the list only goes on
}

// MaxTotal is how far a list counts its rows.
const MaxTotal = 10_000

// cursor is where a page begins: behind the row with a key, in the order of the list
// or against it. Without a key it is the start of the list. Readers get it as text
// that means nothing to them.
type cursor struct {
	Key      []string `json:"k"`
	Backward bool     `json:"b,omitempty"`
}

func (c cursor) String() string {
	text, _ := json.Marshal(c) // strings can't fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// isStart reports whether the page is the first of the list.
func (c cursor) isStart() bool { return len(c.Key) == 0 }

// order is the direction in which a page is read of a list that shows the
// greatest key first, and how keys compare with the one that it begins behind.
func (c cursor) order() (direction, comparison string) {
	if c.Backward {
		return "ASC", ">"
	}
	return "DESC", "<"
}

// noPage refuses what is no cursor of a list.
func noPage() error {
	return domain.InvalidField("page", "This list has no such page.")
}

// readCursor reads the cursor of a list whose keys have so many parts, each of which
// fits. The start of the list is "".
func readCursor(text string, fits ...func(string) bool) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	var c cursor
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(plain, &c) != nil || len(c.Key) != len(fits) {
		return cursor{}, noPage()
	}
	for i, part := range c.Key {
		if !fits[i](part) {
			return cursor{}, noPage()
		}
	}
	return c, nil
}

// forward is readCursor for a list that only goes on. Its key has a zero part for each
// that is missing at the start.
func forward(text string, fits ...func(string) bool) (key []string, err error) {
	c, err := readCursor(text, fits...)
	if err == nil && c.Backward {
		err = noPage()
	}
	if c.isStart() {
		c.Key = slices.Repeat([]string{"0"}, len(fits))
	}
	return c.Key, err
}

// id is the event or the profile that a list by ids begins behind, "" for none.
func (c cursor) id() string {
	if c.isStart() {
		return ""
	}
	return c.Key[0]
}

func isNumber(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}

func anyText(string) bool { return true }

// cut makes the page of what was read from c on, which is one row more than limit if
// there are more, and in reverse if c is backward. Key is that of a row.
func cut[T any](c cursor, rows []T, limit int, key func(T) []string) Page[T] {
	more := len(rows) > limit
	rows = rows[:min(len(rows), limit)]
	if c.Backward {
		slices.Reverse(rows)
	}
	p := Page[T]{Rows: rows}
	if len(rows) == 0 {
		return p
	}
	if more || c.Backward {
		p.Next = cursor{Key: key(rows[len(rows)-1])}.String()
	}
	if c.Backward && more || !c.Backward && !c.isStart() {
		p.Previous = cursor{Key: key(rows[0]), Backward: true}.String()
	}
	return p
}

// cutForward is cut for a list that only goes on.
func cutForward[T any](rows []T, limit int, key func(T) []string) Page[T] {
	return cut(cursor{}, rows, limit, key)
}

func numberKey(numbers ...int64) []string {
	key := make([]string, len(numbers))
	for i, n := range numbers {
		key[i] = strconv.FormatInt(n, 10)
	}
	return key
}
