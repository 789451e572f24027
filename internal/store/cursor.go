package store

import (
	"context"
	"encoding/base64"
)

// Cursor gives how far a source was read, as SetCursor got it; nil where there is
// none for this scope.
func (s *Store) Cursor(ctx context.Context, source, scope string) ([]byte, error) {
	found, err := collect(ctx, s.db, scanOne[string], "SELECT cursor FROM source_cursor WHERE source = $1 AND scope = $2", source, scope)
	if err != nil || len(found) == 0 {
		return nil, s.fault(err)
	}
	cursor, err := base64.StdEncoding.DecodeString(found[0])
	return cursor, s.fault(err)
}

// SetCursor remembers how far a source was read. scope says what the cursor is
// good for, such as the site and the digest of the query: with another scope
// there is none. A source has one cursor.
func (s *Store) SetCursor(ctx context.Context, source, scope string, cursor []byte) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO source_cursor (source, scope, cursor, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (source) DO UPDATE SET scope = excluded.scope, cursor = excluded.cursor, at = excluded.at`,
		source, text(scope), base64.StdEncoding.EncodeToString(cursor), s.stamp())
	return s.fault(err)
}
