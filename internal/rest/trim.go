package rest

import (
	"encoding/json"
	"errors"
	"io"
	"net/url"

	"stackrank/internal/work"
)

// Trim frees an error that a library returned from the library's wrapping,
// which repeats the address with its query, or a whole answer. It gives the
// *Error where there is one. Any other error keeps its chain for errors.Is and
// errors.As behind a text of one line; an answer that could not be decoded is
// of kind ErrUnexpected. Trim(nil) is nil.
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
	if cause := decoding(err); cause != nil {
		return &plain{text: "the answer cannot be decoded: " + oneLine(cause.Error()), err: err, kind: work.ErrUnexpected}
	}
	return &plain{text: oneLine(err.Error()), err: err}
}

// decoding gives what was wrong with an answer, without the library's copy of
// it; nil where the trouble is another.
func decoding(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return e
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// plain is an error with a text that is safe to show. What it stands for can
// be asked for, but not unwrapped and so not printed.
type plain struct {
	text  string
	err   error
	kind  error // of package work, beside what err is; nil: none
	apart bool  // err is not the end of the caller's context, even if it is the end of another
}

func (p *plain) Error() string { return p.text }

// GoString keeps %#v from walking the fields.
func (p *plain) GoString() string { return p.text }

func (p *plain) Is(target error) bool {
	if p.apart && isContext(target) {
		return false
	}
	return p.kind != nil && target == p.kind || errors.Is(p.err, target)
}

func (p *plain) As(target any) bool { return errors.As(p.err, target) }
