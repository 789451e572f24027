package config

import (
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// FuzzOverrides sets any key from the environment: a value is taken as the file
// would have it, or refused by a problem that names its variable and does not
// repeat what may be a secret.
func FuzzOverrides(f *testing.F) {
	paths := scalars("", reflect.TypeFor[Config]())
	for i := range paths {
		for _, value := range []string{"info", "127.0.0.1:1", "", "sqlite:///a", "postgres://u:p@h/d", "[a]", "{a: b}", "*a", "null", "\x00", "a\nb: c", "!!binary x"} {
			f.Add(uint8(i), value)
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, value string) {
		path := paths[int(n)%len(paths)]
		from := "environment variable " + Variable(path)
		base, err := read("f.yaml", []byte(small), nil, boxes())
		if err != nil {
			t.Fatal(err)
		}
		c, err := read("f.yaml", []byte(small), []override{{path, value, from}}, boxes())
		if err == nil {
			if !reflect.DeepEqual(c.Sources, base.Sources) || !reflect.DeepEqual(c.Backlogs, base.Backlogs) {
				t.Errorf("%s=%q changes more than its key", Variable(path), value)
			}
			return
		}
		text := err.Error()
		if !strings.Contains(text, Variable(path)) || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			t.Errorf("%s=%q: %q", Variable(path), value, text)
		}
	})
}

// FuzzSecretsStayHidden puts a secret in the place of any value of a file: no
// problem repeats it.
func FuzzSecretsStayHidden(f *testing.F) {
	for _, s := range []string{"sources: [{auth: {token: SECRET}}]", "SECRET", "sources: [{kind: box, auth: {user: a, token: !x SECRET}}]", "backlogs: [{policy: SECRET}]", "? SECRET\n: SECRET"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "ATATT3xFfGF0T1geheimgeheimgeheim"
		if _, err := read("f.yaml", []byte(strings.ReplaceAll(text, "SECRET", secret)), nil, boxes()); err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
