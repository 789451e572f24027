package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stackrank/connectors/jira/jirasim"
	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/report"
)

// Credentials unlike anything else that is printed. They hold characters that
// addresses, JSON and HTML write differently.
const (
	jiraSecret = `Jw7Qz/kV+2mR&8pL=4tB%c6Yd`
	keySecret  = `Kx9Hn/sG+3vT&5wC=7rM%z2Pf`
	tokSecret  = `Tb4Fu/qE+6yN&1hD=9gS%x8Wa`
)

// fragment is the length of the pieces that are searched for, which begin stride
// characters apart: no output may show eleven characters of a credential in a row.
const fragment, stride = 8, 4

// needles are all forms in which a credential could be shown, by name.
func needles(user string) map[string]string {
	out := map[string]string{}
	for name, secret := range map[string]string{"jira token": jiraSecret, "trello key": keySecret, "trello token": tokSecret} {
		for i := 0; i+fragment <= len(secret); i += stride {
			out[fmt.Sprintf("%s from character %d", name, i+1)] = secret[i : i+fragment]
		}
		quoted, _ := json.Marshal(secret) // a text is always printable
		for form, text := range map[string]string{
			"as a query": url.QueryEscape(secret), "as a path": url.PathEscape(secret), "as JSON": strings.Trim(string(quoted), `"`),
			"as HTML": html.EscapeString(secret), "in base64": base64.StdEncoding.EncodeToString([]byte(secret)),
		} {
			out[name+" "+form] = text
		}
	}
	basic := []byte(user + ":" + jiraSecret)
	skip := base64.StdEncoding.EncodedLen(len(user) + 1) // the user's part is no secret
	for form, enc := range map[string]*base64.Encoding{"for Basic": base64.StdEncoding, "for Basic, URL-safe": base64.URLEncoding} {
		out["jira token "+form] = enc.EncodeToString(basic)[skip:]
	}
	return out
}

// found gives the name of a credential's form that a text shows, "" for none.
func found(needles map[string]string, text string) string {
	for name, needle := range needles {
		if strings.Contains(text, needle) {
			return name
		}
	}
	return ""
}

// trap is a sandbox with credentials of its own that searches whatever comes out.
type trap struct {
	*rig
	needles map[string]string
	mu      sync.Mutex
	sent    string // the headers by which requests were signed
}

// newTrap starts the sandbox with the built-in backlog.
func newTrap(t *testing.T, deployment jirasim.Deployment) *trap {
	t.Helper()
	clock := func() time.Time { return at }
	var listeners [2]string
	s := &sims{}
	tr := &trap{}
	for i, site := range []func(self string) http.Handler{
		func(string) http.Handler {
			seed := jirasim.Builtin(at)
			seed.Deployment, seed.Token = deployment, jiraSecret
			s.jira = jirasim.New(seed, clock)
			return s.jira
		},
		func(jira string) http.Handler {
			seed := trellosim.Builtin(at, jira)
			seed.Key, seed.Token = keySecret, tokSecret
			s.trello = trellosim.New(seed, clock)
			return s.trello
		},
	} {
		l, err := listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i] = "http://" + l.Addr().String()
		s.serve(l, tr.record(site(listeners[0])))
	}
	s.jiraURL, s.trelloURL = listeners[0], listeners[1]
	tr.rig = rigOf(t, s, simOptions{deployment: string(deployment)})
	user, _ := s.jira.Credentials()
	tr.needles = needles(user)
	tr.configure(t, "      requests: 100000", "      backoff: 1ms\n      requests: 100000")
	t.Setenv("TMPDIR", filepath.Dir(tr.file)) // what is written for a moment is found as well
	return tr
}

// record keeps the credentials of every request.
func (tr *trap) record(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tr.mu.Lock()
		tr.sent += r.Header.Get("Authorization") + "\n"
		tr.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

// search wants a text to show no credential.
func (tr *trap) search(t *testing.T, where, text string) {
	t.Helper()
	if name := found(tr.needles, text); name != "" {
		t.Errorf("%s shows the %s:\n%s", where, name, text)
	}
}

// spill runs a command at the finest level of the log, in a pipe and on a
// terminal with the form of the log that each gets, and searches what it prints.
// It gives what was printed on the terminal and the exit code.
func (tr *trap) spill(t *testing.T, args ...string) (text string, code int) {
	t.Helper()
	for _, form := range []struct {
		log   string
		cells int
	}{{"json", 0}, {"console", 100}} {
		var out, errs shared
		full := append(slices.Clone(args), "--config", tr.file, "--log-level", "debug", "--log-format", form.log)
		w := world{out: &out, err: &errs, env: envBeside(t, full), now: func() time.Time { return at }, outTerminal: form.cells, errTerminal: form.cells}
		code = run(t.Context(), full, w)
		text = out.String() + errs.String()
		tr.search(t, fmt.Sprintf("stackrank %v with log %s", args, form.log), text)
	}
	return text, code
}

// shared is a buffer for several writers: a progress bar prints by itself.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// searchFiles searches what was written to disk, apart from the files that hold
// the credentials on purpose.
func (tr *trap) searchFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, suffix := range []string{".jira-token", ".trello-key", ".trello-token"} {
			if path == tr.file+suffix {
				return nil
			}
		}
		data, err := os.ReadFile(path)
		tr.search(t, path, string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// searchSims searches what the simulators tell of themselves.
func (tr *trap) searchSims(t *testing.T) {
	t.Helper()
	for _, base := range []string{tr.jiraURL, tr.trelloURL} {
		for _, route := range []string{"dump", "stats"} {
			var body json.RawMessage
			get(t, base+"/_sandbox/"+route, &body)
			tr.search(t, route+" of "+base, string(body))
		}
	}
}

// TestNoSecretIsShown runs every command that opens a source, with everything in
// order, and searches all that comes out for the credentials.
func TestNoSecretIsShown(t *testing.T) {
	for _, deployment := range deployments {
		t.Run(string(deployment), func(t *testing.T) {
			tr := newTrap(t, deployment)
			dir := filepath.Dir(tr.file)
			plan := filepath.Join(dir, "plan.json")
			commands := [][]string{
				{"config", "schema"}, {"version"}, {"demo"},
				{"check"}, {"check", "--for", "report"}, {"check", "--for", "fields"}, {"check", "--for", "order"},
				{"report", "--format", "json", "--output", plan}, {"report", "--redact"}, {"sync", "--dry-run"},
				{"sync", "--plan", plan, "--force"}, {"sync", "--force"}, {"sync"},
				tr.initArgs("file:" + filepath.Base(tr.file) + ".jira-token"),
			}
			for format := range strings.SplitSeq(report.FormatNames(), ", ") {
				commands = append(commands, []string{"report", "--format", format}, []string{"report", "--format", format, "--output", filepath.Join(dir, "report."+format)})
			}
			for _, args := range commands {
				text, code := tr.spill(t, args...)
				if code != exitDone && code != exitPartial {
					t.Errorf("stackrank %v: exit code %d:\n%s", args, code, text)
				}
			}
			if text, _ := tr.spill(t, "report"); !strings.Contains(text, "DEBUG") {
				t.Errorf("the log holds nothing of its finest level, so that little was searched:\n%s", text)
			}
			tr.searchFiles(t, dir)
			tr.searchSims(t)
			tr.wantSent(t)
		})
	}
}

// initArgs are a call of init against the sandbox. The file that it writes
// stands beside the configuration.
func (tr *trap) initArgs(token string) []string {
	name := filepath.Base(tr.file)
	args := []string{
		"init", "--force", "--jira-url", tr.jiraURL, "--jira-token", token, "--trello-url", tr.trelloURL + "/1",
		"--trello-key", "file:" + name + ".trello-key", "--trello-token", "file:" + name + ".trello-token", "--board", tr.trello.Boards()[0].ID,
	}
	if user, _ := tr.jira.Credentials(); strings.Contains(user, "@") {
		args = append(args, "--jira-user", user)
	}
	return args
}

// wantSent wants the search to find in the requests what it must not find
// elsewhere: each credential was used, in a form that the search knows.
func (tr *trap) wantSent(t *testing.T) {
	t.Helper()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, credential := range []string{"jira token", "trello key", "trello token"} {
		some := map[string]string{}
		for name, needle := range tr.needles {
			if strings.HasPrefix(name, credential) {
				some[name] = needle
			}
		}
		if found(some, tr.sent) == "" {
			t.Errorf("no request was signed with the %s in a form that is searched for", credential)
		}
	}
}
