package handlers

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"wherefore/domain"
)

// maxFields is how many fields of a form or a query are read: as many as the
// standard library takes. Beyond, it fails without saying so by an error of its own.
const maxFields = 10_000

// CheckFields fails with kind TooLarge when an encoded form or query has more
// fields than are read.
func CheckFields(encoded string) error {
	if strings.Count(encoded, "&") >= maxFields {
		return domain.Errorf(domain.TooLarge, "What was sent has more than %d fields.", maxFields)
	}
	return nil
}

// ReadForm reads the form of a request before h asks for its fields, which then
// have no error of their own.
func ReadForm(h Func) Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := readForm(r); err != nil {
			return err
		}
		return h(w, r)
	}
}

func readForm(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // "" is no form
	var err error
	switch kind {
	case "multipart/form-data":
		err = r.ParseMultipartForm(maxFields) // bytes in memory; the whole is limited before
	case "application/x-www-form-urlencoded":
		body, failed := io.ReadAll(r.Body)
		if failed != nil {
			return formError(failed)
		}
		if err := CheckFields(string(body)); err != nil {
			return err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		err = r.ParseForm()
	default:
		err = r.ParseForm()
	}
	if err != nil {
		return formError(err)
	}
	return nil
}

func formError(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), domain.KindOf(err) == domain.TooSlow:
		return err
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return &domain.Error{Kind: domain.TooLarge, Message: "What was sent has too many parts.", Cause: err}
	}
	return &domain.Error{Kind: domain.Invalid, Message: "The form can't be read: a field of it or of the address is not encoded as forms are, or not all of it arrived.", Cause: err}
}
