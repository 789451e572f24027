package rest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"

	"stackrank/internal/work"
)

// Trim frees an error that a library returned from the library's wrapping,
// which repeats the address with its query, or a whole answer. It gives the
// *Error where there is one. Any other error keeps its chain for errors.Is and
// errors.As behind a text of one line; an answer that was no such JSON is of
// kind ErrUnexpected. Trim(nil) is nil.
func Trim(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return &plain{text: oneLine(err.Error(), textLimit), err: err, kind: decodeKind(err)}
}

// decodeKind tells an answer that could not be decoded from other trouble.
func decodeKind(err error) error {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, typed := errors.AsType[*json.UnmarshalTypeError](err)
	if syntax || typed || errors.Is(err, io.ErrUnexpectedEOF) {
		return work.ErrUnexpected
	}
	return nil
}

// plain is an error with a text that is safe to show. What it stands for can
// be asked for, but not unwrapped and so not printed.
type plain struct {
	text string
	err  error
	kind error
}

func (p *plain) Error() string { return p.text }

// GoString keeps %#v from walking the fields.
func (p *plain) GoString() string { return p.text }

func (p *plain) Is(target error) bool {
	return p.kind != nil && target == p.kind || errors.Is(p.err, target)
}

func (p *plain) As(target any) bool { return errors.As(p.err, target) }

// isContext reports whether err is the end of a context.
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
