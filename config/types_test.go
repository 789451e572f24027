package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAScheduleIsReadInTheZoneOfItsBacklog(t *testing.T) {
	tests := []struct {
		name, schedule, zone, after, want string
	}{
		{"six in the morning in Berlin is five in winter", "0 6 * * *", "Europe/Berlin", "2026-01-05T00:00:00Z", "2026-01-05T05:00:00Z"},
		{"and four in summer", "0 6 * * *", "Europe/Berlin", "2026-07-06T00:00:00Z", "2026-07-06T04:00:00Z"},
		{"without a zone it is UTC", "0 6 * * *", "UTC", "2026-07-06T00:00:00Z", "2026-07-06T06:00:00Z"},
		{"every counts from the last time", "@every 15m", "UTC", "2026-07-06T00:07:00Z", "2026-07-06T00:22:00Z"},
		{"a leap day comes", "0 0 29 2 *", "UTC", "2026-07-06T00:00:00Z", "2028-02-29T00:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := load(t, small+fmt.Sprintf("    schedule: %q\n    timezone: %s\n", tt.schedule, tt.zone))
			after, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Backlogs[0].Next(after).UTC().Format(time.RFC3339); got != tt.want {
				t.Errorf("Next(%s) = %s, want %s", tt.after, got, tt.want)
			}
		})
	}
}

func TestAStateHidesItsPassword(t *testing.T) {
	tests := []struct{ in, shown, file string }{
		{"sqlite:///var/lib/a.db", "sqlite:///var/lib/a.db", "/var/lib/a.db"},
		{"postgres://db/stackrank", "postgres://db/stackrank", ""},
		{"postgres://po:geheim@db:5432/stackrank?sslmode=require", "postgres://po@db:5432/stackrank", ""},
		{"postgresql://po@db/s?password=geheim", "postgresql://po@db/s", ""},
	}
	for _, tt := range tests {
		var s State
		if err := s.UnmarshalText([]byte(tt.in)); err != nil {
			t.Fatal(err)
		}
		if s.Reveal() != tt.in || s.String() != tt.shown {
			t.Errorf("%s: Reveal, String = %s, %s, want %s", tt.in, s.Reveal(), s, tt.shown)
		}
		if file, ok := s.File(); file != tt.file || ok != (tt.file != "") {
			t.Errorf("%s: File() = %q, %v", tt.in, file, ok)
		}
		b, err := json.Marshal(Config{State: s})
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%v %+v %#v %s %q %x %s", s, Config{State: s}, s, s, s, s, b)
		if strings.Contains(all, "geheim") || strings.Contains(all, fmt.Sprintf("%x", "geheim")) {
			t.Errorf("a password is shown: %s", all)
		}
	}
}

func TestLookupResolvesReferences(t *testing.T) {
	v := write(t, small)
	c, err := Load(v, boxes())
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(v.ConfigFileUsed())
	for name, text := range map[string]string{"token": "geheim\n", "two": "geheim\n\n", "dos": "geheim\r\n", "none": "\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(t.TempDir()) // files are looked for beside the configuration
	look := c.Lookup(func(name string) (string, bool) {
		value, ok := map[string]string{"TOKEN": "aus der Umgebung", "EMPTY": ""}[name]
		return value, ok
	})
	tests := []struct{ name, ref, want, fault string }{
		{"a variable", "env:TOKEN", "aus der Umgebung", ""},
		{"a variable that is not set", "env:NONE", "", "the environment variable NONE is not set"},
		{"a variable that is empty", "env:EMPTY", "", "the environment variable EMPTY is empty"},
		{"a file without its last newline", "file:token", "geheim", ""},
		{"a file of another system", "file:dos", "geheim", ""},
		{"only one newline is dropped", "file:two", "geheim\n", ""},
		{"an absolute path", "file:" + filepath.Join(folder, "token"), "geheim", ""},
		{"a file that is empty", "file:none", "", "none is empty"},
		{"a file that is not there", "file:gone", "", "gone: no such file"},
		{"a literal is not repeated", "geheim", "", "want env:NAME or file:PATH"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := look(tt.ref)
			if got != tt.want || (err == nil) != (tt.fault == "") {
				t.Fatalf("lookup(%s) = %q, %v, want %q", tt.ref, got, err, tt.want)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.fault) || strings.Contains(err.Error(), "geheim")) {
				t.Errorf("lookup(%s) = %v, want %s", tt.ref, err, tt.fault)
			}
		})
	}
}

func TestSuggestFindsWhatWasMeant(t *testing.T) {
	keys := []string{"name", "kind", "signals", "full_every", "limits", "url", "jql", "Priority"}
	tests := []struct{ word, want string }{
		{"naem", "name"},
		{"knd", "kind"},
		{"signal", "signals"},
		{"fullevery", "full_every"},
		{"URL", "url"},
		{"priority", "Priority"},
		{"lmiits", "limits"},
		{"x", ""},
		{"somethingelse", ""},
	}
	for _, tt := range tests {
		want := ""
		if tt.want != "" {
			want = fmt.Sprintf("; did you mean %q?", tt.want)
		}
		if got := suggest(tt.word, keys); got != want {
			t.Errorf("suggest(%q) = %q, want %q", tt.word, got, want)
		}
	}
}

// The distance of edits is one: the same both ways, zero only for the same word,
// and never above the longer word.
func FuzzEditsIsADistance(f *testing.F) {
	f.Add("horizon", "horizont")
	f.Add("", "a")
	f.Add("ab", "ba")
	f.Fuzz(func(t *testing.T, a, b string) {
		d := edits(a, b)
		if d != edits(b, a) || (d == 0) != (string([]rune(a)) == string([]rune(b))) || d > max(len([]rune(a)), len([]rune(b))) {
			t.Errorf("edits(%q, %q) = %d, %d the other way", a, b, d, edits(b, a))
		}
	})
}

// What a type gives as its text, it reads as the same.
func FuzzTextTypesReadWhatTheyWrite(f *testing.F) {
	for _, seed := range []string{"*/15 * * * *", "@every 15m", "@hourly", "CRON_TZ=UTC", "Europe/Berlin", "UTC", "sqlite:///a", "postgres://a:b@c/d", "?/1 1-2/3 * * mon"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, s2 Schedule
		if s.UnmarshalText([]byte(text)) == nil {
			if err := s2.UnmarshalText([]byte(s.String())); err != nil || s2.String() != s.String() {
				t.Errorf("schedule %q: %q, %v", text, s2, err)
			}
			if now := time.Unix(1e9, 0).UTC(); !s.Next(now).After(now) {
				t.Errorf("schedule %q: next is not after now", text)
			}
		}
		var z, z2 Zone
		if z.UnmarshalText([]byte(text)) == nil {
			if err := z2.UnmarshalText([]byte(z.String())); err != nil || z2.String() != z.String() {
				t.Errorf("zone %q: %q, %v", text, z2, err)
			}
		}
		var a State
		if a.UnmarshalText([]byte(text)) == nil && a.Reveal() != text {
			t.Errorf("state %q: %q", text, a.Reveal())
		}
	})
}
