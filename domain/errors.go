package domain

import (
	"errors"
	"fmt"
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
	Unavailable  Kind = "unavailable"
)

// Error is an error of a known kind with words for a person. Cause, if any, is
// for operators only and is never part of the words.
type Error struct {
	Kind  Kind
	Field string // the input at fault, empty if none
	Words string
	Cause error
}

func (e *Error) Error() string {
	s := e.Words
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an error of a kind with words for a person.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Words: fmt.Sprintf(format, args...)}
}

// InvalidField makes an Invalid error that names the field at fault.
func InvalidField(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Words: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of the first Error in err's chain, or "".
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
