package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"stackrank/internal/work"
)

// ErrLater is the kind of the error for a database that a later version of the
// program has changed.
var ErrLater = errors.New("made by a later version")

// fault is an error of the database, explained.
type fault struct {
	diagnosis
	place string // which database
	cause error
}

// Error gives one line: where, what, what to do, and the database's own words.
func (f *fault) Error() string {
	own := strings.Join(strings.Fields(cmp.Or(f.own, f.cause.Error())), " ")
	if f.says == "" {
		return fmt.Sprintf("state %s: %s", f.place, own)
	}
	return fmt.Sprintf("state %s: %s (%s)", f.place, f.says, own)
}

// Unwrap gives the kind and the cause.
func (f *fault) Unwrap() []error {
	if f.kind == nil {
		return []error{f.cause}
	}
	return []error{f.kind, f.cause}
}

// fault explains an error of the database. What this package says itself and a
// context that is done stay as they are.
func (s *Store) fault(err error) error {
	if err == nil {
		return nil
	}
	for _, own := range []error{context.Canceled, context.DeadlineExceeded, ErrLater, ErrHeld, ErrLost, work.ErrInvalid, work.ErrNotFound} {
		if errors.Is(err, own) {
			return err
		}
	}
	if f := (*fault)(nil); errors.As(err, &f) {
		return err
	}
	return &fault{s.as.diagnose(err), s.as.place, err}
}
