package store

import (
	"context"

	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// sampledFrom is how many of a cluster's newest errors samples are chosen from.
const sampledFrom = 2000

// ClusterSamples lists unparsed errors of a cluster that differ: of its newest
// ones, the newest of each message from each source, the newest arrival first.
func (s *Store) ClusterSamples(ctx context.Context, id domain.ClusterID, limit int) ([]EventSummary, error) {
	var ids []string
	err := s.db.SelectContext(ctx, &ids, `
		WITH newest AS (
		    SELECT e.id, e.source_id, md5(CASE e.message WHEN '' THEN left(`+cleanedText+`, 1000) ELSE e.message END) AS said
		    FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		    WHERE s.cluster_id = $1 AND e.reason IS NULL ORDER BY e.id DESC LIMIT $2
		), different AS (
		    SELECT DISTINCT ON (source_id, said) id FROM newest ORDER BY source_id, said, id DESC
		)
		SELECT id FROM different ORDER BY id DESC LIMIT $3`, id, sampledFrom, limit)
	if err != nil {
		return nil, translate(err)
	}
	return s.EventsByID(ctx, ids)
}

// EventsByID lists the events of ids, the newest arrival first. Ids that are
// none, or not well-formed, are left out.
func (s *Store) EventsByID(ctx context.Context, ids []string) ([]EventSummary, error) {
	var events []EventSummary
	err := s.db.SelectContext(ctx, &events, `
		SELECT `+summaryColumns+` FROM `+summaryTables+` WHERE e.id = ANY($1::uuid[]) ORDER BY e.id DESC`, validIDs(ids))
	return events, translate(err)
}

// StoredEventsByID is EventsByID for errors that are to be read again.
func (s *Store) StoredEventsByID(ctx context.Context, ids []string) ([]StoredEvent, error) {
	var rows []storedRow
	err := s.db.SelectContext(ctx, &rows, `
		SELECT `+storedColumns+` FROM events e
		WHERE e.id = ANY($1::uuid[]) AND e.type IN ('disconnected', 'failed') ORDER BY e.id DESC`, validIDs(ids))
	events := make([]StoredEvent, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, translate(err)
}

func validIDs(ids []string) any {
	valid := []string{}
	for _, id := range ids {
		if validID(id) {
			valid = append(valid, id)
		}
	}
	return pq.Array(valid)
}

// FactsCount is how many errors have the same facts.
type FactsCount struct {
	Format    facts.Format
	Status    int // 0 unknown
	Code      string
	Subcode   string
	ErrorType string
	Events    int
	Profiles  int // different ones
}

// ClusterFacts counts a cluster's unparsed errors by their facts, the most
// first. Errors of one shape have one row; a merged cluster has more.
func (s *Store) ClusterFacts(ctx context.Context, id domain.ClusterID, limit int) ([]FactsCount, error) {
	var counts []FactsCount
	err := s.db.SelectContext(ctx, &counts, `
		SELECT e.format, e.status, e.code, e.subcode, e.error_type, count(*) AS events, count(DISTINCT e.profile_id) AS profiles
		FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		WHERE s.cluster_id = $1 AND e.reason IS NULL
		GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 2, 3, 4, 5 LIMIT $2`, id, limit)
	return counts, translate(err)
}
