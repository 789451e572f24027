// Package cursor owns the form in which a connector keeps what it knows of a
// source between two reads. What that is, only the connector knows.
package cursor

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"stackrank/internal/work"
)

// most is how many bytes of JSON a cursor may hold: some hundred times what
// ten thousand items take.
const most = 256 << 20

// Digest gives a short name for what values print as; maps print in the order
// of their keys. Values that print alike have the same name.
func Digest(values ...any) string {
	h := sha256.New()
	for _, v := range values {
		fmt.Fprintf(h, "%+v\x00", v) // a hash does not fail
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Seal writes down what a connector knows. The head says what it is good for, in
// one line: the connector, its version of the form, and a digest of whatever
// must be the same when it is opened.
func Seal(head string, known any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head + "\n")
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(known); err != nil {
		return nil, fmt.Errorf("write a cursor: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("write a cursor: %w", err)
	}
	return b.Bytes(), nil
}

// Open reads what Seal wrote under the same head. Anything else is an error of
// the kind work.ErrCursor.
func Open(sealed []byte, head string, known any) error {
	had, body, ok := bytes.Cut(sealed, []byte("\n"))
	if !ok || string(had) != head {
		return fmt.Errorf("%w: the cursor is of another version or configuration", work.ErrCursor)
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: the cursor is damaged: %w", work.ErrCursor, err)
	}
	text, err := io.ReadAll(io.LimitReader(z, most))
	if err == nil {
		err = json.Unmarshal(text, known)
	}
	if err != nil {
		return fmt.Errorf("%w: the cursor is damaged: %w", work.ErrCursor, err)
	}
	return nil
}
