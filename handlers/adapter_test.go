package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
)

// answerTo runs a handler that ends with err and returns its answer and the log.
func answerTo(t *testing.T, h Func) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log bytes.Buffer
	a := Adapter{
		Log: slog.New(slog.NewTextHandler(&log, nil)),
		Page: func(w http.ResponseWriter, _ *http.Request, f Failure) {
			w.WriteHeader(f.Status)
			fmt.Fprint(w, f.Message)
		},
	}
	w := httptest.NewRecorder()
	a.Handle(h).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w, log.String()
}

func TestErrorsBecomePages(t *testing.T) {
	secret := errors.New("SELECT secret")
	for _, c := range []struct {
		err    error
		status int
		words  string
		logged bool
	}{
		{domain.Errorf(domain.NotFound, "There is no event 7."), 404, "There is no event 7.", false},
		{fmt.Errorf("events: %w", domain.Errorf(domain.Conflict, "Somebody was faster.")), 409, "Somebody was faster.", false},
		{domain.InvalidField("name", "A name is needed."), 422, "A name is needed.", false},
		{&domain.Error{Kind: domain.Unavailable, Message: "The database is away.", Cause: secret}, 503, "The database is away.", true},
		{fmt.Errorf("rendering: %w", context.DeadlineExceeded), 503, "This took too long.", true},
		{&http.MaxBytesError{Limit: 1}, 413, "What was sent is larger than is taken here.", false},
		{&domain.Error{Message: "no kind", Cause: secret}, 500, defect, true},
		{secret, 500, defect, true},
	} {
		w, log := answerTo(t, func(http.ResponseWriter, *http.Request) error { return c.err })
		if w.Code != c.status || w.Body.String() != c.words {
			t.Errorf("%v: answered %d %q", c.err, w.Code, w.Body)
		}
		if logged := strings.Contains(log, "request failed"); logged != c.logged {
			t.Errorf("%v: log %q", c.err, log)
		}
	}
}

// A deadline of ours is told to operators, a visitor who left is not.
func TestFailuresAreLoggedUnlessTheVisitorLeft(t *testing.T) {
	for end, want := range map[error]bool{context.DeadlineExceeded: true, context.Canceled: false} {
		var log bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		if end == context.DeadlineExceeded {
			ctx, cancel = context.WithDeadline(t.Context(), time.Now())
		}
		cancel()
		a := Adapter{Log: slog.New(slog.NewTextHandler(&log, nil)), Page: ErrorPage}
		w := httptest.NewRecorder()
		a.Fail(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), &domain.Error{Kind: domain.Unavailable, Cause: end})
		if got := log.Len() > 0; got != want || w.Header().Get("Retry-After") == "" {
			t.Errorf("%v: logged %q, headers %v", end, log.String(), w.Header())
		}
	}
}

func TestEveryKindHasAStatus(t *testing.T) {
	for _, kind := range []domain.Kind{
		domain.NotFound, domain.Conflict, domain.Invalid, domain.Unauthorized,
		domain.Forbidden, domain.TooLarge, domain.TooMany, domain.TooSlow, domain.Unavailable,
	} {
		if statuses[kind] == 0 {
			t.Errorf("%s has none", kind)
		}
	}
}

func TestSuccessIsLeftAlone(t *testing.T) {
	w, _ := answerTo(t, func(w http.ResponseWriter, _ *http.Request) error {
		_, err := fmt.Fprint(w, "a page")
		return err
	})
	if w.Code != http.StatusOK || w.Body.String() != "a page" {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
}

func TestErrorInTheMiddleCutsTheAnswer(t *testing.T) {
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler {
			t.Errorf("ended with %v", cause)
		}
	}()
	answerTo(t, func(w http.ResponseWriter, _ *http.Request) error {
		fmt.Fprint(w, "half a page")
		return errors.New("a defect")
	})
}
