package work

import (
	"errors"
	"strings"
)

// The kinds of failure that callers branch on with errors.Is. The text of an
// error says what happened, where, and what to do; its kind says what the
// program does about it.
var (
	ErrAuth        = errors.New("credentials refused")     // ends the round
	ErrForbidden   = errors.New("not permitted")           // fails the item, or the source when reading
	ErrNotFound    = errors.New("not found")               // gone, moved or hidden
	ErrConflict    = errors.New("changed by someone else") // read again, then once more
	ErrThrottled   = errors.New("rate limit reached")      // later
	ErrInvalid     = errors.New("refused as invalid")      // never repeat
	ErrUnavailable = errors.New("service unavailable")     // later
	ErrUnexpected  = errors.New("answer not understood")   // never data
	ErrCursor      = errors.New("read the source whole")   // what is known of it is too little to go on from
)

// Plain gives the text of an error without the words "refused as invalid" where
// they name its kind: what we refuse ourselves says what it is about.
func Plain(err error) string {
	return strings.Replace(err.Error(), ErrInvalid.Error()+": ", "", 1)
}
