package rest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.yaml.in/yaml/v3"
)

const value = "hunter2-ATTA\"<&>x"

func TestASecretPrintsMasked(t *testing.T) {
	s := SecretOf(value)
	type inside struct {
		Name   string
		Secret Secret
		Ptr    *Secret
		own    Secret
	}
	in := inside{"n", s, &s, s}
	var log bytes.Buffer
	l := logged(&log)
	l.Info("x", zap.Any("a", s), zap.Any("b", in), zap.Reflect("c", in), zap.Stringer("d", s), zap.Any("e", []Secret{s}), zap.Any("f", map[string]Secret{"k": s}))
	l.Sugar().Infof("%v %+v %#v", s, in, in)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "in", in)
	texts := []string{log.String()}
	for verb := range strings.FieldsSeq("%v %+v %#v %s %q %x %X %d %T %t %p %e %U %20v %-5.2s") {
		texts = append(texts, fmt.Sprintf(verb, s), fmt.Sprintf(verb, &s), fmt.Sprintf(verb, in), fmt.Sprintf(verb, &in), fmt.Sprintf(verb, []any{s, in}))
	}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal, xml.Marshal} {
		for _, v := range []any{s, in, &in} {
			b, err := marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(b))
		}
	}
	texts = append(texts, cmp.Diff(s, SecretOf("other")), fmt.Sprint(fmt.Errorf("wrapped: %v %w", s, errors.New(s.String()))))
	for _, text := range texts {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("a secret is printed: %s", text)
		}
	}
	for _, text := range []string{s.String(), s.GoString(), fmt.Sprintf("%+v", s), fmt.Sprintf("%d", s)} {
		if text != mask {
			t.Errorf("a secret prints as %q, want %q", text, mask)
		}
	}
	if b, _ := json.Marshal(s); string(b) != `"•••"` {
		t.Errorf("JSON = %s, want \"•••\"", b)
	}
	if b, _ := yaml.Marshal(s); string(b) != "•••\n" {
		t.Errorf("YAML = %s, want •••", b)
	}
}

func TestOnlyReferencesAreRead(t *testing.T) {
	tests := []struct {
		text string
		ok   bool
	}{
		{"env:JIRA_TOKEN", true},
		{"file:secrets/token", true},
		{"file:/run/secrets/token", true},
		{"", true},
		{"hunter2", false},
		{"ATATT3xFfGF0:x", false},
		{"env:", false},
		{"env:9X", false},
		{"env:A-B", false},
		{"env:A B", false},
		{"ENV:A", false},
		{"file:", false},
		{"file: ", false},
		{"file:a\nb", false},
		{" env:A", false},
		{"https://user:hunter2@host", false},
	}
	for _, tt := range tests {
		var s Secret
		err := s.UnmarshalText([]byte(tt.text))
		if (err == nil) != tt.ok {
			t.Errorf("UnmarshalText(%q) = %v, want accepted: %v", tt.text, err, tt.ok)
		}
		if err == nil && s.Ref() != tt.text {
			t.Errorf("Ref() = %q, want %q", s.Ref(), tt.text)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "ATATT")) {
			t.Errorf("the error repeats what was written: %v", err)
		}
		var in struct{ S Secret }
		y, _ := yaml.Marshal(map[string]string{"s": tt.text})
		if err := yaml.Unmarshal(y, &in); (err == nil) != tt.ok {
			t.Errorf("YAML %q = %v, want accepted: %v", y, err, tt.ok)
		}
		j, _ := json.Marshal(map[string]string{"s": tt.text})
		if err := json.Unmarshal(j, &in); (err == nil) != tt.ok {
			t.Errorf("JSON %q = %v, want accepted: %v", j, err, tt.ok)
		}
	}
}

func TestYAMLThatIsNoTextIsRefused(t *testing.T) {
	for _, y := range []string{"s: {a: hunter2}", "s: [hunter2]", "s: 12345"} {
		var in struct{ S Secret }
		err := yaml.Unmarshal([]byte(y), &in)
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "12345") {
			t.Errorf("%s: got %v, want a refusal that does not repeat it", y, err)
		}
	}
	for _, y := range []string{"s: ~", "s:", "other: 1"} {
		var in struct{ S Secret }
		if err := yaml.Unmarshal([]byte(y), &in); err != nil || !in.S.IsZero() {
			t.Errorf("%s: got %v, %v; want no secret", y, in.S.Ref(), err)
		}
	}
}

func TestResolve(t *testing.T) {
	lost := errors.New("not set")
	look := func(ref string) (string, error) {
		v, ok := map[string]string{"env:OK": "  hunter2\r\n", "env:EMPTY": "\n", "env:TWO": "hunter2\nhunter3"}[ref]
		if !ok {
			return "", lost
		}
		return v, nil
	}
	tests := []struct{ ref, want, err string }{
		{"env:OK", "hunter2", ""},
		{"env:EMPTY", "", "secret env:EMPTY: empty"},
		{"env:TWO", "", "secret env:TWO: holds a line break or another control character: want the credential alone"},
		{"env:LOST", "", "secret env:LOST: not set"},
	}
	for _, tt := range tests {
		var s Secret
		if err := s.UnmarshalText([]byte(tt.ref)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Resolve(look)
		if got.Reveal() != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("Resolve(%s) = %q, %v; want %q, %s", tt.ref, got.Reveal(), err, tt.want, tt.err)
		}
		if got.Ref() != tt.ref {
			t.Errorf("Resolve(%s) lost the reference: %q", tt.ref, got.Ref())
		}
	}
	if s, err := SecretOf("x").Resolve(look); err != nil || s.Reveal() != "x" {
		t.Errorf("a secret without a reference became %q, %v", s.Reveal(), err)
	}
}

func TestFingerprintTellsCredentialsApart(t *testing.T) {
	a, b := at(t, "https://Acme.example:443/jira"), at(t, "https://acme.example")
	if Fingerprint(a, SecretOf("k"), SecretOf("t")) != Fingerprint(b, SecretOf("k"), SecretOf("t")) {
		t.Error("one site and credential written differently: want one fingerprint")
	}
	if Fingerprint(a, SecretOf("k"), SecretOf("t")) == Fingerprint(a, SecretOf("kt"), SecretOf("")) {
		t.Error("two credentials have one fingerprint")
	}
	if strings.Contains(Fingerprint(a, SecretOf("hunter2")), "hunter2") {
		t.Error("a fingerprint holds the secret")
	}
}
