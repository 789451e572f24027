package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/viper"

	"stackrank/config"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/cycle"
	"stackrank/internal/report"
)

// TestSameInputGivesTheSameBytes reads the same backlog many times, while the
// trackers vary what they may vary without saying anything else: how long an
// answer takes, how many entries a page holds, and the order of whatever has
// none. So do the number of requests and of goroutines that run at a time.
// Every format must come out byte for byte as the first time. Most of the runs
// read every fourth issue, which is as telling and quicker.
func TestSameInputGivesTheSameBytes(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(procs) })
	for _, d := range deployments {
		for _, part := range []struct{ every, runs, watched int }{{1, 10, 2}, {4, 90, 6}} {
			t.Run(fmt.Sprintf("%s, 1 of %d", d, part.every), func(t *testing.T) {
				m := &mixer{}
				m.againAndAgain(t, mixedRig(t, d, m, part.every), fewer(part.runs, part.watched))
			})
		}
	}
}

// againAndAgain holds so many runs against one in which nothing is mixed.
func (m *mixer) againAndAgain(t *testing.T, r *rig, runs int) {
	t.Helper()
	caps := []int{0, 0, 0, 13, 0, 0, 0, 0, 0, 31}
	want := map[bool]string{false: r.rendered(t, 1, false), true: r.rendered(t, 1, true)}
	for run := range runs {
		m.seed(uint64(run))
		m.cap(r.jira, caps[run%len(caps)])
		runtime.GOMAXPROCS(1 + run/8%4)
		got := r.rendered(t, 1+run%8, m.capped())
		if diff := cmp.Diff(strings.Split(want[m.capped()], "\n"), strings.Split(got, "\n")); diff != "" {
			t.Fatalf("run %d gives other bytes (-first +this):\n%s", run, diff)
		}
	}
	if m.mixed == 0 || len(m.whole) > 0 {
		t.Errorf("%d answers were mixed, and these were not: %q", m.mixed, m.whole)
	}
}

// mixedRig starts the built-in backlog, or one in so many of its issues, with a
// mixer in front of each tracker.
func mixedRig(t *testing.T, d jirasim.Deployment, m *mixer, every int) *rig {
	t.Helper()
	o := simOptions{deployment: string(d), now: func() time.Time { return at }}
	s := &sims{}
	serve := s.listenBoth(t)
	if err := s.load(o); err != nil {
		t.Fatal(err)
	}
	s.jira = jirasim.New(ambiguous(d, every), o.now)
	serve(m.before(s.jira), m.before(s.trello))
	return rigOf(t, s, o)
}

// ambiguous gives one in so many of the built-in issues on a site where much is
// there twice: fields for story points, values in them, and boards that estimate
// by either.
func ambiguous(d jirasim.Deployment, every int) jirasim.Seed {
	const second = "customfield_10017"
	seed := jirasim.Builtin(at)
	seed.Deployment = d
	seed.Fields = append(seed.Fields, jirasim.Field{ID: second, Name: "Story point estimate", Custom: jirasim.NumberType})
	seed.Boards = append(seed.Boards, jirasim.Board{ID: 3, Name: "Harbour again", Type: "scrum", Project: "FERRY", Estimate: second})
	all := seed.Issues
	seed.Issues = nil
	for i := 0; i < len(all); i += every {
		estimated := bytes.Replace(all[i], []byte(`"fields":{`), fmt.Appendf(nil, `"fields":{%q:%d,`, second, 1+i%8), 1)
		seed.Issues = append(seed.Issues, estimated)
	}
	return seed
}

// rendered reads the backlog once, with so many requests of a credential at a
// time, and gives its report in every format. Where pages were cut shorter, the
// count of the requests is left out: it is another truth then.
func (r *rig) rendered(t *testing.T, parallel int, capped bool) string {
	t.Helper()
	var log bytes.Buffer
	a := &app{world: world{out: &log, err: &log, env: os.LookupEnv, now: func() time.Time { return at }}, viper: viper.New()}
	a.viper.SetConfigFile(r.file)
	var out bytes.Buffer
	err := a.each(t.Context(), func(ctx context.Context, open *opener, b config.Backlog) error {
		open.config.Sources = slices.Clone(open.config.Sources)
		for i := range open.config.Sources {
			open.config.Sources[i].Limits.Parallel = parallel
		}
		d, err := a.round(ctx, reportOptions{}, open, b, func(ctx context.Context, in cycle.Inputs, sources []source) (cycle.Round, error) {
			return cycle.Preview(ctx, in, readersOf(sources))
		})
		if err != nil {
			return err
		}
		for i := range d.Sources {
			if capped {
				d.Sources[i].Requests = 0
			}
		}
		for _, f := range []report.Format{report.Text, report.Markdown, report.JSON, report.CSV} {
			if err := d.Write(&out, f, report.Style{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return out.String()
}

// mixer answers for a tracker: it delays each answer, mixes the keys of every
// object and the entries of every list that has no order, and cuts pages. It is
// safe for concurrent use, except for seed and cap, which are for between runs.
type mixer struct {
	mu    sync.Mutex
	rng   *rand.Rand // nil: answers go out as they are
	most  int        // entries of a page; 0: as the tracker has it
	mixed int
	whole []string // the paths of answers that could not be mixed
}

func (m *mixer) seed(n uint64) { m.rng = rand.New(rand.NewPCG(n, 7)) }

// cap lets both trackers give no more than so many entries on a page.
func (m *mixer) cap(site *jirasim.Site, most int) {
	m.most = most
	site.Switch(func(w *jirasim.Switches) { w.PageCap = most })
}

func (m *mixer) capped() bool { return m.most > 0 }

// before puts the mixer before a tracker.
func (m *mixer) before(tracker http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if query := r.URL.Query(); m.most > 0 && query.Has("limit") {
			query.Set("limit", strconv.Itoa(m.most))
			r.URL.RawQuery = query.Encode()
		}
		r.Header.Del("Accept-Encoding") // what is packed cannot be mixed
		answer := httptest.NewRecorder()
		tracker.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		if m.rng != nil {
			body = m.mix(r.URL.Path, body)
			time.Sleep(m.delay())
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body) // the client has gone, which it will report itself
	})
}

// delay is long enough for an answer to be overtaken by the next.
func (m *mixer) delay() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Duration(m.rng.IntN(500)) * time.Microsecond
}

// mix gives the same JSON in another order; what is no JSON stays as it is, and
// is noted.
func (m *mixer) mix(path string, body []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.whole = append(m.whole, path)
		return body
	}
	m.mixed++
	var out bytes.Buffer
	m.write(&out, v, listName(path))
	return out.Bytes()
}

// unordered are the lists whose order means nothing: those of items by the key
// that holds them, those that are an answer of their own by the end of its path.
var unordered = map[string]bool{
	"labels": true, "issuelinks": true, "fixVersions": true, "components": true, "subtasks": true,
	"/field": true, "/bulkfetch": true, "/board": true,
	"idLabels": true, "idMembers": true, "idMembersVoted": true, "idChecklists": true, "customFieldItems": true,
	"attachments": true, "memberships": true, "premiumFeatures": true, "options": true,
	"/customFields": true, "/labels": true, "/lists": true, "/cards": true,
}

// listName names the list that an answer is or holds.
func listName(path string) string { return path[strings.LastIndexByte(path, '/'):] }

// write encodes a value under the key that holds it.
func (m *mixer) write(out *bytes.Buffer, v any, name string) {
	switch v := v.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		m.rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		m.list(out, '{', '}', len(keys), func(i int) {
			m.write(out, keys[i], "")
			out.WriteByte(':')
			inner := keys[i]
			if inner == "issues" || inner == "values" {
				inner = name // of bulkfetch and boards they come in any order, of a search they do not
			}
			m.write(out, v[keys[i]], inner)
		})
	case []any:
		if unordered[name] {
			m.rng.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		}
		m.list(out, '[', ']', len(v), func(i int) { m.write(out, v[i], "") })
	default:
		data, err := json.Marshal(v)
		if err != nil {
			panic(fmt.Errorf("what was decoded does not encode: %w", err))
		}
		out.Write(data)
	}
}

func (m *mixer) list(out *bytes.Buffer, open, end byte, n int, one func(int)) {
	out.WriteByte(open)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		one(i)
	}
	out.WriteByte(end)
}
