package service

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// patternsOf lists the paths of routes.go for a method, with 7 for what is
// variable in them.
func patternsOf(t *testing.T, method string) []string {
	t.Helper()
	source, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, m := range regexp.MustCompile(`"`+method+` (/[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		paths = append(paths, regexp.MustCompile(`{[^}$]*}`).ReplaceAllString(m[1], "7"))
	}
	if len(paths) < 5 {
		t.Fatalf("only %d routes of %s found", len(paths), method)
	}
	return paths
}

// Whoever sends a form gets the same answer to more than can be read of it.
func TestFormsOfTooManyFieldsAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	const many = 10_001
	fields := strings.Repeat("a&", many)
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	for range many {
		_ = w.WriteField("a", "")
	}
	w.Close()
	h := signedOutService()
	send := func(method, path, contentType, body string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %.40s as %s answers %d", method, path, contentType, w.Code)
		}
	}
	for _, path := range patternsOf(t, "POST") {
		if !strings.HasPrefix(path, "/api/") {
			send("POST", path, "application/x-www-form-urlencoded", fields)
			send("POST", path, w.FormDataContentType(), parts.String())
		}
		send("POST", path+"?"+fields, "application/x-www-form-urlencoded", "")
	}
	for _, path := range patternsOf(t, "GET") {
		send("GET", strings.TrimSuffix(path, "{$}")+"?"+fields, "", "")
	}
}

// A form that is cut off or badly encoded is the sender's fault.
func TestFormsThatCantBeReadAreRefused(t *testing.T) {
	t.Parallel()
	for contentType, body := range map[string]string{
		"application/x-www-form-urlencoded": "user=%zz",
		"multipart/form-data; boundary=x":   "--x\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nhalf",
		"multipart/form-data":               "",
	} {
		r := httptest.NewRequest("POST", "/sign-in", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		signedOutService().ServeHTTP(w, r)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d", contentType, w.Code)
		}
	}
}

func TestWrongMethodsAreTold(t *testing.T) {
	t.Parallel()
	v := bareService(io.Discard, "http://127.0.0.1")
	check := func(method, path, allowed string) {
		w := ask(v, method, path)
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != allowed || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s answers %d, Allow %q, %s", method, path, w.Code, w.Header().Get("Allow"), w.Header().Get("Content-Type"))
		}
	}
	for _, path := range patternsOf(t, "POST") {
		if strings.HasPrefix(path, "/api/") {
			check("GET", path, "POST")
			check("DELETE", path, "POST")
		}
	}
	check("POST", "/api/v1/catalogue", "GET, HEAD")
	if w := ask(v, "POST", "/api/v1/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown path answers %d", w.Code)
	}
}
