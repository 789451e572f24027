package rest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// body is the body of an answer that was read and judged.
type body struct {
	*bytes.Reader
	whole []byte
	sound bool
}

// Close gives no error; there is nothing to close.
func (body) Close() error { return nil }

// whole puts a body that was read back into its answer.
func whole(resp *http.Response, read []byte, sound bool) *http.Response {
	resp.ContentLength = int64(len(read))
	resp.Body = body{bytes.NewReader(read), read, sound}
	if len(read) == 0 {
		resp.Body = http.NoBody
	}
	return resp
}

// Body gives the whole body of an answer, which a Client holds in memory, without
// copying it, and whether Sound holds of it. It belongs to the caller. An answer
// from elsewhere is read, and judged by nobody.
func Body(resp *http.Response) (read []byte, sound bool, err error) {
	if b, ours := resp.Body.(body); ours {
		return b.whole, b.sound, nil
	}
	defer func() { _ = resp.Body.Close() }() // it is read to its end, or failed
	if read, err = io.ReadAll(resp.Body); err != nil {
		return nil, false, fmt.Errorf("read an answer: %w", err)
	}
	return read, false, nil
}

// readWhole reads a body up to one byte more than allowed. What it is read into
// grows, and is kept for the next one; the body gets what it takes.
func (a *answer) readWhole(resp *http.Response, limit int64) ([]byte, error) {
	b, kept := a.buffers.Get().(*bytes.Buffer)
	if !kept {
		b = &bytes.Buffer{}
	}
	b.Reset()
	_, err := b.ReadFrom(io.LimitReader(resp.Body, limit+1))
	read := bytes.Clone(b.Bytes())
	a.buffers.Put(b)
	return read, err
}
