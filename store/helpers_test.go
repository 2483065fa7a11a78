package store_test

import (
	"errors"
	"testing"

	"wherefore/domain"
)

// must unwraps a result in a test: must(f())(t).
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func asError(err error, target **domain.Error) bool { return errors.As(err, target) }
