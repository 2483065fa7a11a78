package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthcheckPassesOnlyForALivingServer(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	e := testEnv([]string{"healthcheck"}, "WHEREFORE_LISTEN="+server.Listener.Addr().String())
	if err := run(t.Context(), e); err != nil {
		t.Errorf("living: %v", err)
	}
	status = http.StatusInternalServerError
	if err := run(t.Context(), e); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("ill: %v", err)
	}
	server.Close()
	if err := run(t.Context(), e); err == nil {
		t.Error("dead: no error")
	}
}

func TestDialableAddressIsLocal(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:80": "127.0.0.1:80", "example.com:80": "example.com:80", "[::1]:80": "[::1]:80",
		":80": "127.0.0.1:80", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80",
	} {
		if got := dialable(listen); got != want {
			t.Errorf("dialable(%q) = %q, want %q", listen, got, want)
		}
	}
}
