package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// mask stands for a secret wherever one would be printed.
const mask = "•••"

// envName is what a shell can export.
var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// errLiteral keeps silent about what was written, since that may be a secret.
var errLiteral = errors.New("a secret written out is refused: want env:NAME or file:PATH")

// Secret is a credential. A configuration holds a reference to it, env:NAME or
// file:PATH; Resolve fetches the value. Whatever prints, logs or marshals a
// Secret writes ••• in its place; only Reveal gives the value. The zero Secret
// is none.
type Secret struct {
	ref string

	// value gives the value; nil: not resolved. It is a function because
	// printers that walk an enclosing struct by reflection pass over methods
	// and follow pointers, but cannot look into a function.
	value func() string
}

// SecretOf gives a resolved secret without a reference, for tests and simulators.
func SecretOf(value string) Secret { return Secret{value: func() string { return value }} }

// UnmarshalText reads a reference. The empty text is the zero Secret; anything
// else is taken for a secret written out and refused without repeating it.
func (s *Secret) UnmarshalText(b []byte) error {
	ref := string(b)
	kind, name, _ := strings.Cut(ref, ":")
	switch {
	case ref == "":
	case kind == "env" && envName.MatchString(name):
	case kind == "file" && strings.TrimSpace(name) != "" && !strings.ContainsFunc(name, unicode.IsControl):
	default:
		return errLiteral
	}
	*s = Secret{ref: ref}
	return nil
}

// UnmarshalYAML reads a scalar as UnmarshalText does.
func (s *Secret) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return errLiteral
	}
	if n.ShortTag() == "!!null" {
		*s = Secret{}
		return nil
	}
	return s.UnmarshalText([]byte(n.Value))
}

// Resolve gives the secret with the value that look finds for its reference,
// blanks and line ends around it dropped. A secret without a reference stays as
// it is. Its errors name the reference, never the value.
func (s Secret) Resolve(look func(ref string) (string, error)) (Secret, error) {
	if s.ref == "" {
		return s, nil
	}
	text, err := look(s.ref)
	if err != nil {
		return s, fmt.Errorf("secret %s: %w", s.ref, err)
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return s, fmt.Errorf("secret %s: empty", s.ref)
	case strings.ContainsFunc(text, unicode.IsControl):
		return s, fmt.Errorf("secret %s: holds a line break or another control character: want the credential alone", s.ref)
	}
	return Secret{ref: s.ref, value: func() string { return text }}, nil
}

// Reveal gives the value, "" while it is not resolved. Only what signs a
// request needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return s.value()
}

// Ref gives the reference, such as env:JIRA_TOKEN, which is safe to show.
func (s Secret) Ref() string { return s.ref }

// IsZero reports whether there is neither a reference nor a value.
func (s Secret) IsZero() bool { return s.ref == "" && s.Reveal() == "" }

// Equal reports whether both have the same reference and value.
func (s Secret) Equal(o Secret) bool { return s.ref == o.ref && s.Reveal() == o.Reveal() }

// String gives •••, as every other way to print a secret does.
func (s Secret) String() string { return mask }

// GoString gives •••.
func (s Secret) GoString() string { return mask }

// Format writes ••• whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// MarshalText writes •••.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON writes "•••".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// MarshalYAML writes •••.
func (s Secret) MarshalYAML() (any, error) { return mask, nil }

// LogValue writes ••• to a structured log; zap finds String and MarshalJSON.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// Fingerprint tells credentials apart without holding them: a digest of the
// service's scheme and host and of all secrets, in their order.
func Fingerprint(base *url.URL, secrets ...Secret) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n", origin(base))
	for _, s := range secrets {
		_, _ = fmt.Fprintf(h, "%d:%s", len(s.Reveal()), s.Reveal())
	}
	return hex.EncodeToString(h.Sum(nil))
}
