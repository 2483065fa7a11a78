package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"

	"wherefore/store/storetest"
)

// signIn tries a password from an address that a proxy tells, and returns the
// status of the answer.
func (p *process) signIn(t *testing.T, user, password, from string) (status int) {
	t.Helper()
	form := url.Values{"user": {user}, "password": {password}}
	r, err := http.NewRequestWithContext(t.Context(), "POST", p.url+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if from != "" {
		r.Header.Set("X-Forwarded-For", from)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// While somebody guesses at a name with all that the queue takes, the owner signs
// in from elsewhere and, with a wait, from the same place, on either replica.
func TestOwnerSignsInUnderAttack(t *testing.T) {
	t.Parallel()
	variables := []string{"DATABASE_URL=" + storetest.URL(t), "WHEREFORE_ADMIN_PASSWORD=" + replicaPassword,
		"WHEREFORE_TRUSTED_PROXIES=127.0.0.0/8", "WHEREFORE_SESSION_KEYS=" + strings.Repeat("ab", 32)}
	one := startProcess(t, t.TempDir(), variables...)
	two := startProcess(t, t.TempDir(), variables...)
	const attacker, owner = "203.0.113.66", "198.51.100.7"
	var attack sync.WaitGroup
	stop := make(chan struct{})
	for i := range 10 {
		attack.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					[]*process{one, two}[n%2].signIn(t, "admin", fmt.Sprintf("guess %d of %d", n, i), "1.1.1.1, "+attacker)
				}
			}
		})
	}
	for _, from := range []string{owner, attacker} {
		for _, p := range []*process{one, two} {
			if status := p.signIn(t, "admin", replicaPassword, from); status != http.StatusSeeOther {
				t.Errorf("from %s the owner is answered %d", from, status)
			}
		}
	}
	close(stop)
	attack.Wait()
}

// A hundred strangers behind one address end nobody's sign-in.
func TestManyTriesFromOnePlaceEndNoSignIns(t *testing.T) {
	t.Parallel()
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+storetest.URL(t), "WHEREFORE_ADMIN_PASSWORD="+replicaPassword)
	for i := range 100 {
		if status := p.signIn(t, fmt.Sprint("nobody", i), "hunter2 and more", ""); status != http.StatusUnprocessableEntity {
			t.Fatalf("try %d is answered %d", i, status)
		}
	}
	// Nobody is a trusted proxy here, so what the header says changes nothing.
	if status := p.signIn(t, "admin", replicaPassword, "198.51.100.7"); status != http.StatusSeeOther {
		t.Errorf("the owner is answered %d", status)
	}
	metrics := p.call(t, "GET", "/metrics", "")
	for _, want := range []string{`wherefore_sign_ins_total{outcome="failed"} 100`, `wherefore_sign_ins_total{outcome="succeeded"} 1`, `wherefore_sign_ins_total{outcome="refused"} 0`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if err := p.end(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	log := p.stderr.String()
	for _, want := range []string{`msg="sign-in failed" user="(no such user)" address=127.0.0.1 tries=100`, `msg="signed in" user=admin address=127.0.0.1`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	for _, secret := range []string{"nobody7", "hunter2", replicaPassword} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}
