package precedence

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os" //nolint:depguard // the order is pure; this test of it reads the lab
	"path/filepath"
	"strconv"
	"testing"
)

// before are the phrases of links by which the issue comes first, after those by
// which the linked one does.
var (
	before = map[string]bool{
		"blocks": true, "is depended upon by": true, "is depended on by": true, "is required by": true, "has to be done before": true,
		"Blocks out": true, "Depends in": true, "Gantt: finish-start out": true,
	}
	after = map[string]bool{
		"is blocked by": true, "depends upon": true, "depends on": true, "requires": true, "has to be done after": true,
		"Blocks in": true, "Depends out": true, "Gantt: finish-start in": true,
	}
)

// web is a graph of links between issues that are known by key.
type web struct {
	at   map[string]int32
	keys []string
	jobs Jobs
}

// node gives the number of an issue.
func (w *web) node(key string) int32 {
	if k, ok := w.at[key]; ok {
		return k
	}
	if w.at == nil {
		w.at = map[string]int32{}
	}
	k := int32(len(w.keys))
	w.at[key], w.keys = k, append(w.keys, key)
	return k
}

// link adds what a link says of the order, if it says anything.
func (w *web) link(key, phrase, other string) {
	switch {
	case before[phrase]:
		w.jobs.Before = append(w.jobs.Before, [2]int32{w.node(key), w.node(other)})
	case after[phrase]:
		w.jobs.Before = append(w.jobs.Before, [2]int32{w.node(other), w.node(key)})
	}
}

func lab(t *testing.T, name string) *os.File {
	t.Helper()
	root := os.Getenv("STACKRANK_LAB")
	if root == "" {
		t.Skip("links of public trackers are read from the lab; STACKRANK_LAB is not set")
	}
	f, err := os.Open(filepath.Join(root, "data", "jira", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// readLinks reads a table of links and draws weights and durations, as the table
// has none.
func readLinks(t *testing.T, name string) Jobs {
	t.Helper()
	rows, err := csv.NewReader(lab(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	w := &web{}
	for _, r := range rows[1:] {
		w.link(r[1], r[3], r[2])
	}
	drawn := draw(rand.New(rand.NewPCG(4, uint64(len(rows)))), len(w.keys))
	w.jobs.Weight, w.jobs.Duration = drawn.Weight, drawn.Duration
	return w.jobs
}

// history is what is read of an issue of the archive.
type history struct {
	Key, Priority string
	Links         [][3]string
}

// readArchive reads the issues of a project that wait for each other, with their
// priorities and story points; points are drawn from those of others where an
// issue has none.
func readArchive(t *testing.T) Jobs {
	t.Helper()
	z, err := gzip.NewReader(lab(t, "titanium/timob-history.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	issues := map[string]history{}
	w := &web{}
	var read []history
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var h history
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
			t.Fatal(err)
		}
		issues[h.Key] = h
		read = append(read, h)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for _, h := range read {
		for _, l := range h.Links {
			if _, inside := issues[l[2]]; inside {
				w.link(h.Key, l[0]+" "+l[1], l[2])
			}
		}
	}
	points, all := readPoints(t)
	worth := map[string]float64{"Critical": 1, "High": 0.75, "Medium": 0.5, "Low": 0.25, "Trivial": 0.05}
	rng := rand.New(rand.NewPCG(4, 4))
	for _, key := range w.keys {
		x, ok := worth[issues[key].Priority]
		if !ok {
			x = 0.4
		}
		p, ok := points[key]
		if !ok {
			p = all[rng.IntN(len(all))]
		}
		w.jobs.Weight = append(w.jobs.Weight, x)
		w.jobs.Duration = append(w.jobs.Duration, p+0.5)
	}
	return w.jobs
}

func readPoints(t *testing.T) (byKey map[string]float64, all []float64) {
	t.Helper()
	r := csv.NewReader(lab(t, "storypoints/titanium.csv"))
	byKey = map[string]float64{}
	for line := 0; ; line++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return byKey, all
		}
		if err != nil {
			t.Fatal(err)
		}
		if line == 0 {
			continue
		}
		p, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		byKey[row[0]], all = p, append(all, p)
	}
}

func TestRealLinksAreOrderedToTheirBound(t *testing.T) {
	tests := []struct {
		name string
		jobs func(t *testing.T) Jobs
	}{
		{"Apache", func(t *testing.T) Jobs { return readLinks(t, "links/apache_issuelink.csv") }},
		{"MongoDB", func(t *testing.T) Jobs { return readLinks(t, "links/mongodb_issuelink.csv") }},
		{"Spring", func(t *testing.T) Jobs { return readLinks(t, "links/spring_issuelink.csv") }},
		{"Titanium", readArchive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := tt.jobs(t)
			r := solve(t, j, Options{})
			judge(t, j, r)
			g := condense(j)
			t.Logf("%d linked, %d links, %d circles, largest component %d, blocks of more than one %d, gap %.5f %%",
				len(j.Weight), len(g.pre), len(r.Cycles), largestOf(j), several(r), 100*(r.Cost/r.Bound-1))
			if r.Cost > r.Bound*1.0001 {
				t.Errorf("cost %v may be more than 0.01 %% above the least possible %v", r.Cost, r.Bound)
			}
			open := straighten(j, r)
			for _, rule := range rules {
				over := costOf(open, rule.order(open))/costOf(open, solve(t, open, Options{}).Sequence) - 1
				t.Logf("%-36s %6.2f %%", rule.name, 100*over)
				if over < -1e-4 {
					t.Errorf("%s is better by %v", rule.name, -over)
				}
			}
		})
	}
}

// straighten leaves out the links of circles that point backwards, as the rules
// that are compared know no circles.
func straighten(j Jobs, r Order) Jobs {
	at := placesOf(r)
	open := Jobs{Weight: j.Weight, Duration: j.Duration}
	for _, e := range j.Before {
		if at[e[0]] < at[e[1]] {
			open.Before = append(open.Before, e)
		}
	}
	return open
}

// several counts the blocks of more than one job.
func several(r Order) (n int) {
	for _, b := range r.Blocks {
		if b.End-b.Start > 1 {
			n++
		}
	}
	return n
}

// largestOf gives the size of the largest weakly connected component.
func largestOf(j Jobs) (n int) {
	s := newSolver(condense(j), Options{})
	from := int32(0)
	for _, end := range s.connected(span{0, int32(s.g.n)}) {
		n = max(n, int(end-from))
		from = end
	}
	return n
}
