package jira

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// shortener lets one list of issues come with fewer than it has, and says
// nothing of it.
type shortener struct {
	next http.RoundTripper
	nth  int // which of the lists
	keep func(n int) int

	mu    sync.Mutex
	lists int // seen so far
}

func (s *shortener) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err != nil || !strings.Contains(r.URL.Path, "/search") && !strings.HasSuffix(r.URL.Path, "/bulkfetch") {
		return resp, err
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var answer map[string]json.RawMessage
	var issues []json.RawMessage
	if json.Unmarshal(b, &answer) == nil && json.Unmarshal(answer["issues"], &issues) == nil && s.due() {
		if answer["issues"], err = json.Marshal(issues[:s.keep(len(issues))]); err != nil {
			return nil, err
		}
		if b, err = json.Marshal(answer); err != nil {
			return nil, err
		}
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return resp, nil
}

// due counts a list and reports whether it is the one to shorten.
func (s *shortener) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists++
	return s.lists == s.nth
}

// TestAListThatComesShortIsNeverTakenForAll shortens each list of a pull in
// turn. The pull fails then, or gives every issue. One list is spared: nothing
// tells that Cloud's list of names stops half way before its end.
func TestAListThatComesShortIsNeverTakenForAll(t *testing.T) {
	cuts := map[string]func(int) int{
		"empty":   func(int) int { return 0 },
		"by half": func(n int) int { return n / 2 },
		"by one":  func(n int) int { return max(n-1, 0) },
	}
	sizes := []int{3, 120, 1040}
	if testing.Short() {
		sizes = sizes[:2]
	}
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		for _, n := range sizes {
			for name, keep := range cuts {
				t.Run(fmt.Sprintf("%d issues, %s", n, name), func(t *testing.T) {
					seed := seedOf(d, many(n)...)
					all := start(t, seed)
					want := all.pull(t)
					for nth := 1; ; nth++ {
						cut := &shortener{nth: nth, keep: keep}
						r := start(t, seed, func(_ *Wiring, _ *Options, o *rest.Options) { cut.next, o.Transport = o.Transport, cut })
						got, err := r.Pull(t.Context())
						if cut.lists < nth {
							break
						}
						if err != nil || d == jirasim.Cloud && nth == 1 && name != "empty" {
							continue
						}
						if diff := cmp.Diff(want.Items, got.Items, cmp.Comparer(func(a, b work.Value) bool { return a == b })); diff != "" {
							t.Errorf("list %d came short and the pull was fine with it (-all +short):\n%.500s", nth, diff)
						}
					}
				})
			}
		}
	})
}
