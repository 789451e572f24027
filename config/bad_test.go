package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// Every file in testdata/bad breaks one rule; its first lines say with which
// messages it is refused, all of them and in their order.
func TestABadFileIsRefusedWithItsMessage(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "bad", "*.yaml"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wants(string(data)), faults(t, string(data))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func wants(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		want, ok := strings.CutPrefix(line, "# want: ")
		if !ok {
			break
		}
		out = append(out, strings.TrimSpace(want))
	}
	return out
}

func TestNoProblemShowsASecret(t *testing.T) {
	const secret = "ATATT3xFfGF0T1geheimgeheimgeheim"
	tests := []struct{ name, text string }{
		{"a literal token", "sources: [{auth: {token: SECRET}}]"},
		{"a token in the place of a block", "sources: [{kind: box, auth: SECRET}]"},
		{"a token in the place of a list", "sources: SECRET"},
		{"a token in the place of the file", "SECRET"},
		{"a token that lost its key", "sources: [{kind: box, auth: {SECRET}}]"},
		{"a token that lost its key, twice", "sources: [{kind: box, auth: {SECRET: 1, SECRET: 2}}]"},
		{"a token as a word", "log: {level: SECRET}"},
		{"a token as a kind", "sources: [{kind: SECRET}]"},
		{"a token as a number", "sources: [{kind: box, limits: {requests: SECRET}}]"},
		{"a token as a duration", "sources: [{kind: box, limits: {per: SECRET}}]"},
		{"a token as a certificate", "sources: [{kind: box, tls: {ca: SECRET}}]"},
		{"a token that looks like an alias", "sources: [{auth: {token: *SECRET}}]"},
		{"a token that looks like a tag", "sources: [{kind: box, auth: {token: !SECRET}}]"},
		{"a token that looks like a directive", "%SECRET\n"},
		{"a token without a colon", "sources:\n  SECRET\n  kind: box\n"},
		{"a password in the state", "state: mysql://root:SECRET@db/x"},
		{"a password in a broken state", "state: 'postgres://root:SECRET%zz@db/x'"},
		{"a token as the address to listen at", "daemon: {listen: SECRET}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(faults(t, strings.ReplaceAll(tt.text, "SECRET", secret)), "\n")
			if got == "" || strings.Contains(got, secret) || strings.Contains(got, "geheim") {
				t.Errorf("problems:\n%s", got)
			}
		})
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join("testdata", "bad", "*.yaml"))
	for _, file := range append(files, filepath.Join("..", "config.example.yaml")) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("sources: [{kind: box, <<: {kind: bin}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := read("f.yaml", data, nil, boxes())
		if err == nil && (len(c.Sources) == 0 || len(c.Backlogs) == 0) {
			t.Errorf("%q: accepted without sources or backlogs", data)
		}
		if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			t.Errorf("%q: a message with control characters: %q", data, err)
		}
	})
}
