// Package jirasim imitates a Jira site, Cloud or Data Center, as an
// http.Handler with its state in memory. It owns what such a site answers and,
// as much, what it refuses. It shares no code with the connector that it
// serves, takes its issues from real exports, and can be told to be slow,
// limited, stale or broken while it runs.
package jirasim

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Site is one simulated Jira site. It is safe for concurrent use; requests are
// answered one at a time.
type Site struct {
	seed Seed
	now  func() time.Time
	mux  *http.ServeMux
	zone *time.Location // of the site
	home *time.Location // of the user

	mu       sync.Mutex
	switches Switches
	failures []*failure
	stats    Stats
	limits   limits
	state
}

// state is what a reset takes back to the seed.
type state struct {
	fields   map[string]*field
	ranks    []*rankField // the first is the one that boards use
	records  map[int64]*record
	ids      []int64 // of all records, ascending
	byKey    map[string]int64
	moved    map[string]int64 // former keys
	numbers  map[string]int   // the highest number that a project has given to an issue
	catalog  catalog
	cursors  map[int64]*cursor
	tasks    map[string]*task
	webhooks []webhook
	sessions map[string]bool // cookies of those who have logged in
	queries  int64           // number of the last cursor
	last     int64           // the highest number given to anything new
}

// New builds a site from a seed. The clock dates writes, lags and limits.
func New(seed Seed, now func() time.Time) *Site {
	if seed.Deployment == "" {
		seed.Deployment = Cloud
	}
	seed.Context = strings.TrimSuffix(seed.Context, "/")
	if seed.Deployment == Cloud {
		seed.Context = ""
	}
	seed.CloudID = first(seed.CloudID, DefaultCloudID)
	seed.Token = first(seed.Token, DefaultToken)
	seed.Zone = first(seed.Zone, DefaultZone)
	seed.User = completeUser(seed.User)
	s := &Site{seed: seed, now: now, zone: location(seed.Zone), home: location(seed.User.Zone)}
	s.routes()
	s.Reset()
	return s
}

// completeUser gives the acting user whatever the seed left open.
func completeUser(u User) User {
	u.Email = first(u.Email, DefaultUser)
	u.Name = first(u.Name, strings.Split(u.Email, "@")[0])
	u.ID = first(u.ID, "5b10a2844c20165700ede21f")
	u.Label = first(u.Label, "Product Owner")
	u.Zone = first(u.Zone, DefaultUserZone)
	return u
}

// location finds a zone; one that this system does not know counts as UTC.
func location(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Reset takes the data and the counts back to what the site started with. The
// switches stay as they are.
func (s *Site) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats = Stats{Requests: map[string]int{}}
	s.limits = limits{}
	s.load()
}

// Credentials gives the user and the token that the site accepts: on Cloud
// both, by Basic authentication; on Data Center these or the token alone, as
// a personal access token.
func (s *Site) Credentials() (user, token string) {
	if s.cloud() {
		return s.seed.User.Email, s.seed.Token
	}
	return s.seed.User.Name, s.seed.Token
}

// Projects gives the keys of the projects that have open issues, sorted.
func (s *Site) Projects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, i := range s.present() {
		if i.facts.category != categoryDone && !slices.Contains(out, i.facts.project.also) {
			out = append(out, i.facts.project.also)
		}
	}
	slices.Sort(out)
	return out
}

// present gives the issues that exist, by ascending id.
func (s *Site) present() []*issue {
	var out []*issue
	for _, id := range s.ids {
		if i := s.records[id].now; i != nil {
			out = append(out, i)
		}
	}
	return out
}

func (s *Site) cloud() bool { return s.seed.Deployment == Cloud }

// call is one request on its way through the site.
type call struct {
	s         *Site
	w         http.ResponseWriter
	r         *http.Request
	path      string // without context or /ex/jira path
	base      string // address of the site as the client called it
	version   string // of the platform API: 2, 3 or latest
	anonymous bool
	body      []byte
	scoped    bool // came by /ex/jira/{cloudId}
}

// callKey finds the call in a request's context.
type callKey struct{}

// ServeHTTP answers one request as the site would.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, w: w, path: r.URL.Path, version: "2"}
	c.base = "http://" + r.Host
	if r.TLS != nil {
		c.base = "https://" + r.Host
	}
	if rest, ok := strings.CutPrefix(c.path, "/ex/jira/"+s.seed.CloudID); ok && s.cloud() {
		c.path, c.base, c.scoped = rest, c.base+"/ex/jira/"+s.seed.CloudID, true
	}
	if ctx := s.seed.Context; ctx != "" {
		if rest, ok := strings.CutPrefix(c.path, ctx+"/"); ok {
			c.path = "/" + rest
		} else if !strings.HasPrefix(c.path, "/_sandbox/") {
			c.path = "/outside" + c.path
		}
		c.base += ctx
	}
	inner := r.Clone(context.WithValue(r.Context(), callKey{}, c))
	inner.URL.Path, inner.URL.RawPath = muxPath(c.path), ""
	c.r = inner
	s.mux.ServeHTTP(w, inner)
}
