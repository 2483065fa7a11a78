package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"wherefore/domain"
)

// Func is a handler that returns its error instead of answering with it. It
// must not have written anything then, unless it streams.
type Func func(w http.ResponseWriter, r *http.Request) error

// Adapter turns Funcs into http.Handlers.
type Adapter struct {
	Log *slog.Logger
	// Page answers with a failure, as a page or as problem+json.
	Page func(w http.ResponseWriter, r *http.Request, f Failure)
}

// Answerer is an error that has an answer of its own, such as a form that comes back
// as it was filled in.
type Answerer interface {
	error
	Answer(w http.ResponseWriter, r *http.Request) error
}

// Failure is an error as its answer tells it.
type Failure struct {
	Kind    domain.Kind // "" when the defect is ours
	Status  int
	Field   string // the input at fault, empty if none
	Message string // for a person
}

// statuses is what each kind of error is called in HTTP. No kind means that
// the defect is ours.
var statuses = map[domain.Kind]int{
	domain.NotFound:     http.StatusNotFound,
	domain.Conflict:     http.StatusConflict,
	domain.Invalid:      http.StatusUnprocessableEntity,
	domain.Malformed:    http.StatusBadRequest,
	domain.Unsupported:  http.StatusUnsupportedMediaType,
	domain.Unauthorized: http.StatusUnauthorized,
	domain.Forbidden:    http.StatusForbidden,
	domain.TooLarge:     http.StatusRequestEntityTooLarge,
	domain.TooMany:      http.StatusTooManyRequests,
	domain.TooSlow:      http.StatusRequestTimeout,
	domain.Unavailable:  http.StatusServiceUnavailable,
}

// defect is what people read when the fault is ours; the log has the rest.
const defect = "Something went wrong on our side. It has been recorded; please try again."

// Handle answers what h leaves as an error with a page. When h had begun its
// answer, the connection is cut, so that nobody takes a part for the whole.
func (a Adapter) Handle(h Func) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := &startedWriter{ResponseWriter: w}
		err := h(started, r)
		var own Answerer
		if errors.As(err, &own) {
			err = own.Answer(started, r)
		}
		if err == nil {
			return
		}
		if started.yes {
			a.log(r.Context(), failureOf(err), err)
			panic(http.ErrAbortHandler)
		}
		a.Fail(w, r, err)
	})
}

// RetryAfter is after how many seconds to try again what was unavailable.
const RetryAfter = "5"

// Fail answers with an error.
func (a Adapter) Fail(w http.ResponseWriter, r *http.Request, err error) {
	f := failureOf(err)
	a.log(r.Context(), f, err)
	sayWhenToRetry(w, err)
	var method wrongMethod
	if errors.As(err, &method) {
		w.Header().Set("Allow", method.allowed)
	}
	a.Page(w, r, f)
}

// sayWhenToRetry sets Retry-After on answers to what may be tried again.
func sayWhenToRetry(w http.ResponseWriter, err error) {
	var often tooOften
	switch kind := failureOf(err).Kind; {
	case errors.As(err, &often):
		w.Header().Set("Retry-After", strconv.Itoa(seconds(often.after)))
	case kind == domain.Unavailable, kind == domain.TooMany:
		w.Header().Set("Retry-After", RetryAfter)
	}
}

// failureOf finds the status and the words of an error. Only words written for
// people leave the house.
func failureOf(err error) Failure {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return Failure{Kind: domain.TooLarge, Status: http.StatusRequestEntityTooLarge, Message: "What was sent is larger than is taken here."}
	}
	var method wrongMethod
	if errors.As(err, &method) {
		return Failure{Kind: domain.Invalid, Status: http.StatusMethodNotAllowed, Message: method.Error()}
	}
	var known *domain.Error
	if errors.As(err, &known) {
		if status, ok := statuses[known.Kind]; ok {
			return Failure{known.Kind, status, known.Field, known.Message}
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Failure{Kind: domain.Unavailable, Status: http.StatusServiceUnavailable, Message: "This took too long."}
	}
	return Failure{Status: http.StatusInternalServerError, Message: defect}
}

// log records what is our fault loudly, what is the visitor's quietly, and
// says nothing of visitors who left before the answer.
func (a Adapter) log(ctx context.Context, f Failure, err error) {
	level := slog.LevelDebug
	if f.Status >= http.StatusInternalServerError && !errors.Is(ctx.Err(), context.Canceled) {
		level = slog.LevelError
	}
	a.Log.Log(ctx, level, "request failed", "status", f.Status, "error", err)
}

// startedWriter knows whether an answer has begun.
type startedWriter struct {
	http.ResponseWriter
	yes bool
}

func (w *startedWriter) WriteHeader(status int) {
	w.yes = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *startedWriter) Write(b []byte) (int, error) {
	w.yes = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *startedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
