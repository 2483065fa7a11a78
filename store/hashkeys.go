package store

import "context"

// HashKey returns the key of the hashes that stand for ids which hold a secret. It
// is as old as the database and never changes.
func (s *Store) HashKey(ctx context.Context) ([]byte, error) {
	var key []byte
	err := s.db.GetContext(ctx, &key, `SELECT key FROM hash_keys`)
	return key, translate(err)
}
