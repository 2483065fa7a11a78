package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/store/storebench"
	"wherefore/web/service"
)

const (
	intakeProfiles = 200_000
	firstProfiles  = 10_000 // that are surely there
	intakeRounds   = 5
	batchSize      = 500
	token          = "a token of the bench"
)

// intakeBench measures the API as it is served, over HTTP, on a database that keeps
// what it has taken. The clients are part of the cost on both sides.
type intakeBench struct {
	ctx    context.Context // of the command: a figure takes none
	base   *storebench.Base
	server *httptest.Server
	stop   func()
	events *events
	client *http.Client
}

func (b *intakeBench) close() error {
	if b.server != nil {
		b.stop()
		b.server.Close()
	}
	if b.base == nil {
		return nil
	}
	return b.base.Close()
}

// prepare starts the service on an empty database and sends it a few thousand events.
func (b *intakeBench) prepare() error {
	if b.base != nil {
		return nil
	}
	var err error
	if b.base, err = storebench.New(b.ctx, true); err != nil {
		return err
	}
	config := service.Config{BaseURL: &url.URL{Scheme: "http", Host: "localhost"}, SessionKeys: [][]byte{make([]byte, 32)}, Token: token}
	v, err := service.New(b.ctx, config, b.base.Store, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	b.stop = v.Start(b.ctx, b.base.URL())
	b.server = httptest.NewServer(v.Handler())
	b.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.events = newEvents(v.Catalog)
	return b.sendBatches(20)
}

// events makes events of all networks from the catalogue's samples.
type events struct {
	random   *rand.Rand
	networks []domain.Network
	samples  map[domain.Network][]domain.Sample
	n        int
}

func newEvents(words *catalog.Catalog) *events {
	e := &events{random: rand.New(rand.NewPCG(1, 2)), samples: map[domain.Network][]domain.Sample{}}
	for _, n := range words.Networks() {
		for _, p := range n.Parsers {
			e.samples[n.Network] = append(e.samples[n.Network], p.Match...)
		}
		if len(e.samples[n.Network]) > 0 {
			e.networks = append(e.networks, n.Network)
		}
	}
	return e
}

// next makes an event as a service sends it. Busy profiles come more often, and a
// profile keeps its network. One in twenty has an error that no parser knows.
func (e *events) next() map[string]any {
	e.n++
	profile := e.n
	if e.n > firstProfiles {
		profile = int(intakeProfiles * e.random.Float64() * e.random.Float64())
	}
	network := e.networks[profile%len(e.networks)]
	sample := e.samples[network][e.random.IntN(len(e.samples[network]))]
	var body any = string(sample.Error)
	if json.Valid([]byte(sample.Error)) {
		body = json.RawMessage(sample.Error)
	}
	if e.random.IntN(20) == 0 {
		body = map[string]any{"error": map[string]any{"code": 990_000 + e.random.IntN(500), "message": fmt.Sprintf("The quasar of object %d is misaligned", e.n)}}
	}
	event := map[string]any{
		"id": fmt.Sprintf("bench-%d", e.n), "profile_id": fmt.Sprintf("p-%d", profile), "network": network, "error": body,
		"http_status": sample.Status, "operation": "publish", "profile_name": fmt.Sprintf("Shop %d", profile),
		"owner_id": fmt.Sprintf("o-%d", profile/3), "credential_id": fmt.Sprintf("c-%d", profile/2), "occurred_at": time.Now().UTC(),
	}
	if e.random.IntN(10) == 0 {
		event["type"] = "reconnected"
		delete(event, "error")
	}
	return event
}

// body makes a request's body of so many events.
func (e *events) body(n int) []byte {
	var events []any
	for range n {
		events = append(events, e.next())
	}
	b, _ := json.Marshal(events) // made of what JSON has
	return b
}

// sendAll posts bodies from so many clients, and returns how long all take.
func (b *intakeBench) sendAll(bodies [][]byte, clients int) (time.Duration, error) {
	return inParallel(len(bodies), clients, func(i int) error {
		return b.ask("POST", "/api/v1/events", bodies[i])
	})
}

// ask makes one call, of which the answer must be a success.
func (b *intakeBench) ask(method, path string, body []byte) error {
	r, err := http.NewRequestWithContext(b.ctx, method, b.server.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, said)
	}
	return err
}

// inParallel does n things from so many clients, and returns how long all take.
func inParallel(n, clients int, do func(i int) error) (time.Duration, error) {
	begin := time.Now()
	errs := make([]error, clients)
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for i := c; i < n && errs[c] == nil; i += clients {
				errs[c] = do(i)
			}
		})
	}
	all.Wait()
	return time.Since(begin), errors.Join(errs...)
}

func (b *intakeBench) sendBatches(n int) error {
	_, err := b.timeBatches(n)
	return err
}

func (b *intakeBench) timeBatches(n int) (time.Duration, error) {
	var bodies [][]byte
	for range n {
		bodies = append(bodies, b.events.body(batchSize))
	}
	return b.sendAll(bodies, 4)
}

// batches compares events that come in batches over HTTP, which are read and
// decided on, with COPY of the same rows into the same table.
func (b *intakeBench) batches() (comparison, error) {
	const perRound = 20
	return b.compare(func() (time.Duration, error) {
		took, err := b.timeBatches(perRound)
		return took / (perRound * batchSize), err
	}, func() (time.Duration, error) {
		took, err := b.base.CopyNewest(b.ctx, perRound*batchSize)
		return took / (perRound * batchSize), err
	})
}

// singles compares events that come one by one from 64 clients with pgbench, which
// inserts one such row per transaction from as many.
func (b *intakeBench) singles() (comparison, error) {
	const clients, each = 64, 60
	return b.compare(func() (time.Duration, error) {
		var bodies [][]byte
		for range clients * each {
			bodies = append(bodies, b.events.body(1))
		}
		took, err := b.sendAll(bodies, clients)
		return took / (clients * each), err
	}, func() (time.Duration, error) {
		return b.base.Pgbench(b.ctx, storebench.InsertEvent, clients, each)
	})
}

// reason compares the answer why a profile is as it is with pgbench, which asks the
// bare query from as many clients.
func (b *intakeBench) reason() (comparison, error) {
	const clients, each = 16, 250
	return b.compare(func() (time.Duration, error) {
		took, err := inParallel(clients*each, clients, func(i int) error {
			return b.ask("GET", fmt.Sprintf("/api/v1/profiles/p-%d/reason", 1+i*7919%firstProfiles), nil)
		})
		return took / (clients * each), err
	}, func() (time.Duration, error) {
		return b.base.Pgbench(b.ctx, storebench.SelectReason, clients, each)
	})
}

// reasons compares the answer for 1,000 profiles with the bare query for as many.
func (b *intakeBench) reasons() (comparison, error) {
	return b.compare(func() (time.Duration, error) {
		const each = 20
		took, err := inParallel(each, 1, func(i int) error {
			var ids []string
			for n := range 1000 {
				ids = append(ids, fmt.Sprintf("p-%d", 1+(i*1000+n)*7919%firstProfiles))
			}
			body, _ := json.Marshal(map[string]any{"profile_ids": ids}) // made of what JSON has
			return b.ask("POST", "/api/v1/reasons", body)
		})
		return took / each, err
	}, func() (time.Duration, error) {
		return b.base.Pgbench(b.ctx, storebench.SelectReasons, 1, 20)
	})
}

// compare runs both sides by turns, after a round that fills the caches, and takes
// the median of the rounds' ratios.
func (b *intakeBench) compare(ours, theirs func() (time.Duration, error)) (comparison, error) {
	if err := b.prepare(); err != nil {
		return comparison{}, err
	}
	var ratios, oursTimes, theirsTimes []float64
	for round := range 1 + intakeRounds {
		o, err := ours()
		if err != nil {
			return comparison{}, err
		}
		t, err := theirs()
		if err != nil {
			return comparison{}, err
		}
		if round > 0 {
			ratios = append(ratios, float64(o)/float64(t))
			oursTimes, theirsTimes = append(oursTimes, float64(o)/1000), append(theirsTimes, float64(t)/1000)
		}
	}
	return comparison{median(ratios), median(oursTimes), median(theirsTimes), "us"}, nil
}
