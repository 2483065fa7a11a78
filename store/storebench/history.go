package storebench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/store"
)

// History is what a database is filled with: events of all types, as if they had come
// one by one over the days until now, and their errors had been decided on then.
type History struct {
	Events   int
	Days     int
	Profiles int              // busy ones have more events
	Networks []domain.Network // of profiles by turns: a network that stands there twice has twice as many
	Kinds    []Kind
}

// Kind is errors that differ only in a number, and in how long they are. In Raw,
// Cleaned and the message, Number stands for the number, and Filler for text of any
// length.
type Kind struct {
	Network      domain.Network
	Status       int
	Raw, Cleaned string
	Disconnects  bool // its events are disconnections
	Facts        facts.Facts
	Verdict      domain.Verdict
	Shape        cluster.Shape // of an unparsed error
	// Weight is how often it comes, of the sum of its network's weights. The kinds
	// without weight share one error in twenty; earlier ones come more often.
	Weight int
}

// Number and Filler stand in a Kind for what makes its errors differ.
const (
	Number = "7309164520"
	Filler = "lorem ipsum dolor sit amet"
)

// filler fills a database with a history, past the service. It uses connections that
// neither check keys nor wait for the disk.
type filler struct {
	History
	ctx     context.Context
	store   *store.Store
	db      *sql.DB
	start   time.Time
	sources []int64
}

// Fill stores a history, with all that the service keeps of its events, as if they had
// come over its API. The database has no events yet.
func (b *Base) Fill(ctx context.Context, h History) (err error) {
	address := b.server.URL() + "&session_replication_role=replica&synchronous_commit=off&work_mem=512MB&maintenance_work_mem=512MB&jit=off&timezone=UTC"
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	f := filler{History: h, ctx: ctx, store: b.Store, db: db, start: time.Now().UTC().AddDate(0, 0, -h.Days).Truncate(time.Second)}
	for _, name := range []string{"publisher", "scheduler", "inbox", "importer"} {
		source, err := b.Store.AddSource(ctx, name)
		if err != nil {
			return err
		}
		f.sources = append(f.sources, source.ID)
	}
	if err := b.Store.EnsurePartitions(ctx, f.start); err != nil {
		return err
	}
	return f.fill()
}

func (f *filler) fill() error {
	for _, step := range []func() error{
		f.addPeople, f.addKinds, f.draw, f.addEvents,
		func() error { return f.inParallel(derived) },
		func() error { return f.store.RecountImpacts(f.ctx) },
		func() error {
			return f.exec(`DROP TABLE bench_people, bench_kinds, bench_places, bench_drawn, bench_worked`)
		},
		func() error { return f.exec(`UPDATE jobs SET state = 'done', finished_at = now()`) },
		func() error { return f.exec(`VACUUM (ANALYZE)`) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) exec(statement string, args ...any) error {
	if _, err := f.db.ExecContext(f.ctx, statement, args...); err != nil {
		return fmt.Errorf("%w: %s", err, statement)
	}
	return nil
}

// inParallel runs statements, two at a time.
func (f *filler) inParallel(statements []string) error {
	next := make(chan string, len(statements))
	for _, s := range statements {
		next <- s
	}
	close(next)
	var errs [2]error
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for s := range next {
				errs[i] = errors.Join(errs[i], f.exec(s))
			}
		})
	}
	all.Wait()
	return errors.Join(errs[:]...)
}

// addPeople notes the profiles. Two share a credential, and four an owner and a network.
func (f *filler) addPeople() error {
	return f.exec(`
		CREATE UNLOGGED TABLE bench_people AS
		SELECT n, 'p-' || n AS id, ($2::text[])[1 + n / 4 * 31 % cardinality($2::text[])] AS network, 'Shop ' || n AS name,
		    'o-' || n / 4 AS owner_id, n / 2 AS credential
		FROM generate_series(0, $1::int - 1) AS n`, f.Profiles, pq.Array(f.Networks))
}

// shares is how many parts the errors of a network are divided into, by weight.
const shares = 1000

// addKinds notes the kinds, and which part of its network's errors each has. Places
// from 0 on are those of kinds with a weight, the others are of kinds without one.
func (f *filler) addKinds() error {
	err := f.exec(`
		CREATE UNLOGGED TABLE bench_kinds (kind int, network text, status int, raw text, cleaned text, disconnects boolean,
		    format text, code text, subcode text, error_type text, message text, shape bigint, template text, version int,
		    reason text, parser text, evidence text)`)
	if err == nil {
		err = f.exec(`CREATE UNLOGGED TABLE bench_places (network text, place int, kind int)`)
	}
	rare, common := map[domain.Network]int{}, map[domain.Network]int{}
	for _, k := range f.Kinds {
		common[k.Network] += k.Weight
	}
	from := map[domain.Network]int{} // the sum of the weights before
	for i, k := range f.Kinds {
		if err != nil {
			return err
		}
		if err = f.addKind(i, k); err != nil {
			return err
		}
		if k.Weight == 0 {
			rare[k.Network]++
			err = f.exec(`INSERT INTO bench_places VALUES ($1, $2, $3)`, k.Network, -rare[k.Network], i)
			continue
		}
		begin := from[k.Network] * shares / common[k.Network]
		from[k.Network] += k.Weight
		err = f.exec(`INSERT INTO bench_places SELECT $1, p, $2 FROM generate_series($3::int, $4::int) AS p`,
			k.Network, i, begin, from[k.Network]*shares/common[k.Network]-1)
	}
	return err
}

func (f *filler) addKind(i int, k Kind) error {
	evidence, err := json.Marshal(append([]domain.Evidence{}, k.Verdict.Evidence...))
	if err != nil {
		return err
	}
	return f.exec(`INSERT INTO bench_kinds VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		i, k.Network, k.Status, k.Raw, k.Cleaned, k.Disconnects, k.Facts.Format, k.Facts.Code, k.Facts.Subcode, k.Facts.Type,
		k.Facts.Message, int64(k.Shape.Hash), k.Shape.Template, k.Shape.Version, k.Verdict.Reason, k.Verdict.Parser, string(evidence))
}

// random is SQL for a number from 0 to 1 that an event i has for a purpose.
func random(purpose int) string {
	return fmt.Sprintf(`((hashint8extended(i, %d) & 2147483647) / 2147483648.0::float8)`, purpose)
}

// draw decides what each event is. It occurs up to ten minutes before it arrives; one
// in ten is a reconnection, one in thirty a success. The times are whole milliseconds,
// since the id has them.
func (f *filler) draw() error {
	step := time.Duration(f.Days) * 24 * time.Hour / time.Duration(f.Events)
	err := f.exec(`
		CREATE UNLOGGED TABLE bench_drawn AS
		WITH drawn AS (
		    SELECT i, $1::timestamptz + i * $2::interval AS at, `+random(1)+` * `+random(1)+` AS profile, `+random(2)+` AS type,
		        `+random(3)+` AS rare, `+random(4)+` AS kind, `+random(5)+` AS delay, `+random(6)+` AS source
		    FROM generate_series(1::bigint, $3::bigint) AS i
		), rare AS (SELECT network, -min(place) AS kinds FROM bench_places WHERE place < 0 GROUP BY network)
		SELECT d.i, (left(uuid_from_time(d.at)::text, 13) || '-7000-8000-' || lpad(to_hex(d.i), 12, '0'))::uuid AS id,
		    date_trunc('milliseconds', d.at) AS arrived_at, date_trunc('milliseconds', d.at - d.delay * interval '10 minutes') AS occurred_at,
		    p.n, p.network, p.credential,
		    CASE WHEN d.type < 0.10 THEN 'reconnected' WHEN d.type < 0.13 THEN 'succeeded'
		        WHEN k.disconnects THEN 'disconnected' ELSE 'failed' END AS type,
		    CASE WHEN d.type >= 0.13 THEN k.kind END AS kind,
		    ($5::bigint[])[CASE WHEN d.source < 0.6 THEN 1 WHEN d.source < 0.85 THEN 2 WHEN d.source < 0.95 THEN 3 ELSE 4 END] AS source_id,
		    d.source >= 0.85 AS incomplete
		FROM drawn d JOIN bench_people p ON p.n = floor(d.profile * $4)::int LEFT JOIN rare r ON r.network = p.network
		JOIN bench_places l ON l.network = p.network AND l.place = CASE
		    WHEN d.rare < 0.05 AND r.kinds > 0 THEN -1 - floor(d.kind ^ 3 * r.kinds)::int ELSE floor(d.kind * `+fmt.Sprint(shares)+`)::int END
		JOIN bench_kinds k ON k.kind = l.kind`,
		f.start, fmt.Sprintf("%d microseconds", step.Microseconds()), f.Events, f.Profiles, pq.Array(f.sources))
	return errors.Join(err, f.exec(worked))
}

// worked is domain.Worked of disconnections: of the events of a credential up to the
// next reconnection, the first success of the profile, or else of another one.
const worked = `
	CREATE UNLOGGED TABLE bench_worked AS
	WITH told AS (
	    SELECT i, n, credential, type, occurred_at,
	        count(*) FILTER (WHERE type = 'reconnected') OVER (PARTITION BY credential ORDER BY occurred_at, i) AS run
	    FROM bench_drawn WHERE type <> 'failed'
	), seen AS (
	    SELECT i, n, type,
	        min(occurred_at) FILTER (WHERE type = 'succeeded') OVER (PARTITION BY credential, run, n ORDER BY occurred_at DESC, i DESC) AS own,
	        min(ARRAY[extract(epoch FROM occurred_at) * 1000, i, n]) FILTER (WHERE type = 'succeeded')
	            OVER (PARTITION BY credential, run ORDER BY occurred_at DESC, i DESC) AS first
	    FROM told
	)
	SELECT i, COALESCE(own, 'epoch'::timestamptz + first[1] * interval '1 millisecond') AS at,
	    'p-' || CASE WHEN own IS NULL THEN first[3] ELSE n END AS profile_id
	FROM seen WHERE type = 'disconnected' AND first IS NOT NULL`

// addEvents stores the events in parts, in the order of their ids, and with the keys
// that they have in the order of the index.
func (f *filler) addEvents() error {
	const part = 100_000
	var parts []string
	for from := 1; from <= f.Events; from += part {
		parts = append(parts, fmt.Sprintf(insertEvents, from, from+part-1))
	}
	if err := f.exec(`ALTER TABLE bench_drawn ADD PRIMARY KEY (i)`); err != nil {
		return err
	}
	if err := f.exec(`ANALYZE bench_drawn, bench_worked, bench_people, bench_kinds`); err != nil {
		return err
	}
	return f.inParallel(parts)
}

// words is SQL for a text of a length that most errors have.
var words = `substr($$` + strings.Repeat("the upstream gave no answer in time while the media of a post was read and its owner had left ", 20) + `$$, 1 + (d.i % 97)::int, 1 + (d.i * 7919 % 600)::int)`

var insertEvents = `
	INSERT INTO events (id, source_id, source_event_id, network, profile_id, type, occurred_at, operation, defaulted, scrubbed,
	    raw, cleaned, format, status, code, subcode, error_type, message, shape_hash,
	    reason, parser, ruleset, evidence, arrival_reason, arrival_parser, arrival_ruleset, worked_at, worked_profile_id)
	SELECT d.id, d.source_id, 'e-' || d.i, d.network, 'p-' || d.n, d.type, d.occurred_at,
	    (ARRAY['publish', 'refresh-token', 'read-insights', 'upload-media'])[1 + d.i %% 4],
	    CASE WHEN d.incomplete THEN '{profile_name,owner_id,credential_id}' ELSE '{}' END::text[], '{}',
	    convert_to(` + varied(`k.raw`) + `, 'UTF8'), CASE WHEN k.cleaned = k.raw THEN NULL ELSE COALESCE(` + varied(`k.cleaned`) + `, '') END, COALESCE(k.format, 'empty'), COALESCE(k.status, 0),
	    COALESCE(k.code, ''), COALESCE(k.subcode, ''), COALESCE(k.error_type, ''), COALESCE(` + varied(`k.message`) + `, ''),
	    CASE WHEN k.reason = '' THEN k.shape END,
	    NULLIF(k.reason, ''), COALESCE(k.parser, ''), CASE WHEN k.kind IS NULL THEN 0 ELSE 1 END, COALESCE(` + varied(`k.evidence`) + `, '[]')::json,
	    NULLIF(k.reason, ''), COALESCE(k.parser, ''), CASE WHEN k.kind IS NULL THEN 0 ELSE 1 END, w.at, w.profile_id
	FROM bench_drawn d LEFT JOIN bench_kinds k ON k.kind = d.kind LEFT JOIN bench_worked w ON w.i = d.i
	WHERE d.i BETWEEN %d AND %d ORDER BY d.i`

// varied is SQL for a text of a kind as an event has it.
func varied(text string) string {
	text = fmt.Sprintf(`replace(%s, '%s', (1000000000 + d.i)::text)`, text, Number)
	return fmt.Sprintf(`replace(%s, '%s', %s)`, text, Filler, strings.ReplaceAll(words, "%", "%%"))
}

// derived is what the service keeps of events besides them. Each statement stands for itself.
var derived = []string{`
	INSERT INTO event_keys (source_id, source_event_id, event_id)
	SELECT source_id, 'e-' || i, id FROM bench_drawn ORDER BY 1, 2`,
	`
	WITH told AS (
	    SELECT n, min(occurred_at) AS first_at, max(ARRAY[us, i]) AS last, max(ARRAY[us, i]) FILTER (WHERE type = 'disconnected') AS down,
	        max(ARRAY[us, i]) FILTER (WHERE type = 'reconnected') AS up, max(ARRAY[us, i]) FILTER (WHERE type IN ('disconnected', 'failed')) AS error,
	        max(occurred_at) FILTER (WHERE type = 'succeeded') AS worked_at
	    FROM (SELECT *, (extract(epoch FROM occurred_at) * 1000)::bigint AS us FROM bench_drawn) AS d GROUP BY n
	), states AS (
	    SELECT *, COALESCE(down > COALESCE(up, '{}'), false) AS is_down FROM told
	), entered AS (
	    SELECT s.n, min(d.occurred_at) AS at
	    FROM states s JOIN bench_drawn d ON d.n = s.n AND d.type = CASE WHEN s.is_down THEN 'disconnected' ELSE 'reconnected' END
	    WHERE ARRAY[(extract(epoch FROM d.occurred_at) * 1000)::bigint, d.i] > COALESCE(CASE WHEN s.is_down THEN s.up ELSE s.down END, '{}')
	    GROUP BY s.n
	)
	INSERT INTO profiles (id, network, name, folded_name, owner_id, credential_id, state, since, state_event_id, state_at,
	    last_event_id, last_event_at, error_event_id, error_at, worked_at)
	SELECT p.id, p.network, p.name, lower(p.name), p.owner_id, 'c-' || p.credential, CASE WHEN s.is_down THEN 'disconnected' ELSE 'connected' END,
	    COALESCE(entered.at, s.first_at), said.id, said.occurred_at, last.id, last.occurred_at, error.id, error.occurred_at, s.worked_at
	FROM states s JOIN bench_people p ON p.n = s.n JOIN bench_drawn last ON last.i = s.last[2]
	LEFT JOIN bench_drawn said ON said.i = (CASE WHEN s.is_down THEN s.down ELSE s.up END)[2]
	LEFT JOIN bench_drawn error ON error.i = s.error[2] LEFT JOIN entered ON entered.n = s.n
	ORDER BY p.id`,
	`
	INSERT INTO hourly_counts (hour, network, source_id, type, reason, parser, arrived, current)
	SELECT date_trunc('hour', d.occurred_at, 'UTC'), d.network, d.source_id, d.type, COALESCE(k.reason, ''), COALESCE(k.parser, ''), count(*), count(*)
	FROM bench_drawn d LEFT JOIN bench_kinds k ON k.kind = d.kind GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`,
	`
	INSERT INTO source_counts (source_id, hour, accepted, duplicates, quarantined, replayed, last_heard_at)
	SELECT source_id, date_trunc('hour', arrived_at, 'UTC'), count(*), 0, 0, 0, max(arrived_at) FROM bench_drawn GROUP BY 1, 2`,
	`
	INSERT INTO missing_fields (source_id, kind, field, hour, events, samples)
	SELECT source_id, 'missing', field, date_trunc('hour', arrived_at, 'UTC'), count(*), (array_agg(id ORDER BY i DESC))[1:3]
	FROM bench_drawn CROSS JOIN unnest(ARRAY['profile_name', 'owner_id', 'credential_id']) AS field WHERE incomplete GROUP BY 1, 3, 4`,
	`
	WITH seen AS (
	    SELECT k.network, k.shape AS hash, min(k.template) AS template, max(k.version) AS version, min(d.occurred_at) AS first_at, max(d.occurred_at) AS last_at
	    FROM bench_drawn d JOIN bench_kinds k ON k.kind = d.kind WHERE k.reason = '' GROUP BY 1, 2
	), made AS (
	    INSERT INTO clusters (network, initial_hash, template, created_at)
	    SELECT network, hash, template, first_at FROM seen ORDER BY first_at RETURNING id, network, initial_hash
	)
	INSERT INTO shapes (network, hash, template, cluster_id, version, first_seen_at, last_seen_at)
	SELECT s.network, s.hash, s.template, m.id, s.version, s.first_at, s.last_at
	FROM seen s JOIN made m ON m.network = s.network AND m.initial_hash = s.hash`,
}
