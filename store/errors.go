package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"strings"

	"github.com/lib/pq"

	"wherefore/domain"
)

// translate gives an error of the driver its kind and words. It is called once,
// where the error leaves the store; an error that has a kind stays as it is.
func translate(err error) error {
	var pe *pq.Error
	switch {
	case err == nil || domain.KindOf(err) != "":
		return err
	case errors.Is(err, sql.ErrNoRows):
		return &domain.Error{Kind: domain.NotFound, Message: "There is no such record.", Cause: err}
	case errors.As(err, &pe):
		return translateState(pe)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return unavailable("The database took too long.", err)
	case isConnectionFailure(err):
		return unavailable("The database can't be reached.", err)
	}
	return err
}

func translateState(pe *pq.Error) error {
	switch code := string(pe.Code); {
	case code == "57014": // query_canceled: what a deadline of ours turns into
		return unavailable("The database took too long.", pe)
	case code == "55P03": // lock_not_available
		return unavailable("Something else holds what is needed in the database.", pe)
	case code == "23505":
		return &domain.Error{Kind: domain.Conflict, Field: fieldOf(pe), Message: "This exists already.", Cause: pe}
	case code == "23503":
		return &domain.Error{Kind: domain.Invalid, Field: fieldOf(pe), Message: "This refers to something that does not exist.", Cause: pe}
	case code == "25006", isTransient(code), hasClass(code, "08", "53", "57"):
		return unavailable("The database is not available.", pe)
	case hasClass(code, "22", "23"): // data that doesn't fit its type or a constraint
		return &domain.Error{Kind: domain.Invalid, Field: fieldOf(pe), Message: "This value is not allowed.", Cause: pe}
	}
	return pe
}

// isTransient is true of failures that the same transaction, begun again, may not meet.
func isTransient(code string) bool {
	return code == "40001" || code == "40P01" // serialization failure, deadlock
}

func hasClass(code string, classes ...string) bool {
	for _, class := range classes {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

func isConnectionFailure(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.Canceled)
}

// fieldOf names the column at fault: the driver tells it, or the constraint's
// name does, which is made of the table, the field and the constraint's kind.
func fieldOf(pe *pq.Error) string {
	if pe.Column != "" {
		return pe.Column
	}
	field := pe.Constraint
	if table := tableOf(pe); strings.HasPrefix(field, table+"_") {
		field = field[len(table)+1:]
	}
	if i := strings.LastIndexByte(field, '_'); i > 0 {
		field = field[:i]
	}
	return field
}

// tableOf names the table; for a partition of events, events.
func tableOf(pe *pq.Error) string {
	if strings.HasPrefix(pe.Table, "events_") {
		return "events"
	}
	return pe.Table
}

func unavailable(words string, cause error) error {
	return &domain.Error{Kind: domain.Unavailable, Message: words, Cause: cause}
}

func notFound(what, id string) error {
	return domain.Errorf(domain.NotFound, "There is no %s “%s”.", what, id)
}
