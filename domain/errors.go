package domain

import (
	"errors"
	"fmt"
	"strings"
)

// Kind sorts errors by what the caller can do about them. Each front end has
// one table from Kind to its own status.
type Kind string

// The kinds. An error that carries none is a defect of ours.
const (
	NotFound     Kind = "not-found"
	Conflict     Kind = "conflict"
	Invalid      Kind = "invalid"
	Malformed    Kind = "malformed"   // can't be read at all
	Unsupported  Kind = "unsupported" // is of a format that is not read here
	Unauthorized Kind = "unauthorized"
	Forbidden    Kind = "forbidden"
	TooLarge     Kind = "too-large"
	TooMany      Kind = "too-many" // of one kind of request in a short time
	TooSlow      Kind = "too-slow" // did not arrive in time
	Unavailable  Kind = "unavailable"
)

// Error is an error of a known kind that a person may read.
type Error struct {
	Kind  Kind
	Field string // the input at fault, empty if none

	// Message is one or more full sentences: it begins with a capital, ends with
	// a full stop, and makes sense beside the input without naming Field, as in
	// "Give a whole number above 0.", since a page shows it at the input and the
	// API sends the name in a field of its own.
	Message string

	Cause error // for operators only, never shown; nil if none
}

func (e *Error) Error() string {
	s := e.Message
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Cause != nil {
		s = strings.TrimSuffix(s, ".") + ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an error of a kind with its message.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// InvalidField makes an Invalid error that names the field at fault.
func InvalidField(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of the first Error in err's chain, or "".
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
