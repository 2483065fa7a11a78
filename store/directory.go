package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/lib/pq"

	"wherefore/domain"
)

const (
	directoryHolds        = 10 * time.Minute // how long an answer is kept
	directoryUnknownHolds = 30 * time.Second // the same for a profile that the directory does not know
	maxDirectoryAnswers   = 20_000           // that are kept
	maxDirectoryIDs       = 1000             // in one query

	directoryFailures = 3               // in a row, after which the directory is not asked
	directoryPause    = 5 * time.Second // for so long; then one query tries it
)

// LookupResult is what came of looking one field of an event up in the directory.
type LookupResult string

// The results of look-ups.
const (
	LookupFound       LookupResult = "found"
	LookupUnknown     LookupResult = "unknown"     // the directory does not know the profile, or has nothing in the field
	LookupUnavailable LookupResult = "unavailable" // the directory did not answer in time
	LookupRefused     LookupResult = "refused"     // the directory refused the query, or its answer can't be used
)

// LookupResults lists all results.
func LookupResults() []LookupResult {
	return []LookupResult{LookupFound, LookupUnknown, LookupUnavailable, LookupRefused}
}

// Lookup is one field of one event that was looked up in the directory.
type Lookup struct {
	Field  string
	Result LookupResult
}

// DirectoryAnswer is what the directory says of one profile. It has a Profile only if
// it was found.
type DirectoryAnswer struct {
	Result  LookupResult
	Profile DirectoryProfile
}

// Directory is the company's own database of profiles. It is asked about profiles of
// which neither an event nor what is known of the profile has all fields. An answer
// takes at most directoryTimeout, and the directory has at most directoryConnections
// queries to answer at once: those that wait are put together. It is safe for
// concurrent use.
type Directory struct {
	query *directoryQuery
	kept  *ttlcache.Cache[string, DirectoryAnswer]
	turns chan struct{} // queries at once

	mu       sync.Mutex
	asked    map[string]*directoryBatch // by the ids of queries that wait or run
	next     *directoryBatch            // waits for its turn and takes more ids; nil for none
	failures int                        // in a row
	failure  error                      // the last one, nil when the last query succeeded
	since    time.Time                  // of the first failure in a row
	pausedTo time.Time
}

// directoryBatch is one query with the ids that it asks about.
type directoryBatch struct {
	ids     []string
	done    chan struct{} // closed when answers are there
	answers map[string]DirectoryAnswer
}

// OpenDirectory returns the directory at a postgres:// address. The query is a SELECT
// with one parameter, an array of profile ids, and columns of directoryColumns. It does
// not connect as yet.
func OpenDirectory(address, query string) (*Directory, error) {
	q, err := openDirectoryQuery(address, query)
	if err != nil {
		return nil, err
	}
	return &Directory{
		query: q, asked: map[string]*directoryBatch{}, turns: make(chan struct{}, directoryConnections),
		kept: ttlcache.New(
			ttlcache.WithCapacity[string, DirectoryAnswer](maxDirectoryAnswers),
			ttlcache.WithDisableTouchOnHit[string, DirectoryAnswer]()),
	}, nil
}

// Close ends all connections.
func (d *Directory) Close() error { return d.query.db.Close() }

// Check asks the directory about no profile, and whether the query has the columns that
// it may have; if not, the error is Invalid. It is Unavailable if the directory does not
// answer in time. What it says holds for look-ups too.
func (d *Directory) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	_, err := d.query.check(ctx)
	if err == nil {
		_, _, err = d.query.profiles(ctx, []string{""}) // takes as long as for any other id
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.note(err)
	return translate(err)
}

// Offers reports whether the directory may know a field.
func (d *Directory) Offers(field string) bool {
	columns := d.query.columns.Load()
	return columns == nil || slices.Contains(*columns, field)
}

// DirectoryFailure is why the last query of a directory failed.
type DirectoryFailure struct {
	Since  time.Time    // the first failure in a row
	Result LookupResult // LookupUnavailable or LookupRefused
	Words  string       // of the directory, or of the check of its columns; "" for none
}

// Failure returns why the last query failed; false when it succeeded.
func (d *Directory) Failure() (DirectoryFailure, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failure == nil {
		return DirectoryFailure{}, false
	}
	f := DirectoryFailure{Since: d.since, Result: failedResult(d.failure)}
	var pe *pq.Error
	var own *domain.Error
	switch {
	case errors.As(d.failure, &pe):
		f.Words = pe.Message
	case errors.As(d.failure, &own):
		f.Words = own.Message
	}
	return f, true
}

// Profiles returns an answer for each id, at the latest after directoryTimeout.
func (d *Directory) Profiles(ctx context.Context, ids []string) map[string]DirectoryAnswer {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	answers, batches := d.ask(ids)
	for id, batch := range batches {
		answers[id] = DirectoryAnswer{Result: LookupUnavailable}
		select {
		case <-batch.done:
			answers[id] = batch.answers[id]
		case <-ctx.Done():
		}
	}
	return answers
}

// ask returns the answers that are there at once, and the batches that will answer the
// other ids.
func (d *Directory) ask(ids []string) (map[string]DirectoryAnswer, map[string]*directoryBatch) {
	answers, batches := map[string]DirectoryAnswer{}, map[string]*directoryBatch{}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range ids {
		if kept := d.kept.Get(id); kept != nil {
			answers[id] = kept.Value()
			continue
		}
		if batch := d.batch(id); batch != nil {
			batches[id] = batch
		} else {
			answers[id] = DirectoryAnswer{Result: failedResult(d.failure)}
		}
	}
	return answers, batches
}

// batch returns the batch that asks about an id, and starts one if need be; nil while
// the directory is not asked.
func (d *Directory) batch(id string) *directoryBatch {
	if batch := d.asked[id]; batch != nil {
		return batch
	}
	if d.next == nil || len(d.next.ids) == maxDirectoryIDs {
		if d.isPaused() {
			return nil
		}
		d.next = &directoryBatch{done: make(chan struct{})}
		go d.run(d.next)
	}
	d.next.ids = append(d.next.ids, id)
	d.asked[id] = d.next
	return d.next
}

// isPaused reports whether the directory failed too often to be asked. When the pause is
// over, it lets one caller ask and goes on for the others.
func (d *Directory) isPaused() bool {
	if d.failures < directoryFailures {
		return false
	}
	now := time.Now()
	if now.Before(d.pausedTo) {
		return true
	}
	d.pausedTo = now.Add(directoryPause)
	return false
}

// run asks the directory when it is the batch's turn.
func (d *Directory) run(batch *directoryBatch) {
	ctx, cancel := context.WithTimeout(context.Background(), directoryTimeout)
	defer cancel()
	var found map[string][]DirectoryProfile
	var failed map[string]error
	err := d.takeTurn(ctx)
	d.close(batch)
	if err == nil {
		found, failed, err = d.query.profiles(ctx, batch.ids)
		<-d.turns
	}
	batch.answers = make(map[string]DirectoryAnswer, len(batch.ids))
	for _, id := range batch.ids {
		batch.answers[id] = directoryAnswer(found[id], failed[id], err)
	}
	d.end(batch, err)
}

func (d *Directory) takeTurn(ctx context.Context) error {
	select {
	case d.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close keeps more ids out of a batch.
func (d *Directory) close(batch *directoryBatch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.next == batch {
		d.next = nil
	}
}

// end keeps the answers of a batch and gives them to those who wait.
func (d *Directory) end(batch *directoryBatch, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range batch.ids {
		delete(d.asked, id)
		switch answer := batch.answers[id]; {
		case err != nil: // asked again
		case answer.Result == LookupFound:
			d.kept.Set(id, answer, directoryHolds)
		default:
			d.kept.Set(id, answer, directoryUnknownHolds)
		}
	}
	d.note(err)
	close(batch.done)
}

// note counts failures in a row.
func (d *Directory) note(err error) {
	d.failure = err
	if err == nil {
		d.failures, d.since = 0, time.Time{}
		return
	}
	now := time.Now()
	if d.failures++; d.failures == 1 {
		d.since = now
	}
	d.pausedTo = now.Add(directoryPause)
}

// directoryAnswer is the answer about one id: its rows, or why there are none. Two rows
// that differ are none.
func directoryAnswer(rows []DirectoryProfile, failed, err error) DirectoryAnswer {
	switch {
	case err != nil:
		return DirectoryAnswer{Result: failedResult(err)}
	case failed != nil || len(rows) > 1:
		return DirectoryAnswer{Result: LookupRefused}
	case len(rows) == 0:
		return DirectoryAnswer{Result: LookupUnknown}
	}
	return DirectoryAnswer{LookupFound, rows[0]}
}

func failedResult(err error) LookupResult {
	var pe *pq.Error
	if errors.As(err, &pe) && pe.Code == "25006" { // the query writes
		return LookupRefused
	}
	if domain.KindOf(translate(err)) == domain.Unavailable {
		return LookupUnavailable
	}
	return LookupRefused
}
