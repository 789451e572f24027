package jirasim

import (
	"slices"
	"time"
)

// Permission is a Jira permission as /mypermissions names it.
type Permission string

// The permissions that can be denied; all are granted at first. Administer
// and BulkChange are global and are denied under the project "". A write that
// mails nobody needs one of Administer and AdministerProjects: deny both to
// have it refused.
const (
	Browse             Permission = "BROWSE_PROJECTS"
	Edit               Permission = "EDIT_ISSUES"
	Schedule           Permission = "SCHEDULE_ISSUES"
	AdministerProjects Permission = "ADMINISTER_PROJECTS"
	Administer         Permission = "ADMINISTER"
	BulkChange         Permission = "BULK_CHANGE"
)

// Switches is how a site behaves apart from its data. The zero value is a
// site that answers at once and grants everything. Counters count down as
// they are used up.
type Switches struct {
	RateLimits bool // the published limits of Cloud; on Data Center a token bucket
	Burst      int  // requests per second, endpoint and method (Cloud) or user (Data Center); 0: as published, or 20

	Latency   time.Duration // before each answer
	SearchLag time.Duration // how long searches show the state before a write; reconciled ids are exempt
	PageCap   int           // most issues on a page; 0: as the service has it

	Deny      map[string][]Permission // by project key; "" stands for all projects
	OffScreen map[string]bool         // fields by id that are on no edit screen: Data Center refuses to set them

	Conflicts   int            // edits of issues to answer with 409
	RankBusy    map[string]int // by issue key: rank calls in which it gets an entry with 503
	Vanish      map[string]int // by issue key: searches that do not show it
	RepeatToken int            // pages of Cloud's search that give the token that was sent once more
	RankTouches bool           // whether ranking bumps "updated"

	ScopedToken bool   // Cloud only: the token is a scoped one, refused at the site's own address
	LoginPage   bool   // every answer is a login page with status 200
	RedirectTo  string // every answer is a redirect to this base address
}

// Switch changes the switches of a running site. Change is called once, and
// no request is answered meanwhile.
func (s *Site) Switch(change func(*Switches)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.switches)
}

// failure is one promise of Fail.
type failure struct {
	path   string
	status int
	left   int
}

// Fail answers requests for a path with a status, the given number of times,
// or always when times is negative. The path is that of a request without
// context path ("/rest/api/2/issue/PAY-42"), a route template as Stats names
// it ("/rest/api/2/issue/{issueIdOrKey}"), either after a method and a space
// if only that method shall fail; a "*" at the end stands for any rest.
func (s *Site) Fail(path string, status, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, &failure{path: path, status: status, left: times})
}

// MoveIssue moves an issue to another project, as a person would, and gives its
// new key. It keeps its id and is found by its old key as well. False: there
// is no such issue or project.
func (s *Site) MoveIssue(key, project string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, to := s.lookup(key), find(s.catalog.projects, project)
	if i == nil || to == nil {
		return "", false
	}
	next := i.clone()
	next.key = s.nextKey(*to)
	next.set("project", to.raw)
	delete(s.byKey, i.key)
	s.moved[i.key] = i.id
	s.put(next)
	return next.key, true
}

// allowed says whether the acting user has a permission on a project.
func (s *Site) allowed(project string, p Permission) bool {
	deny := s.switches.Deny
	return !slices.Contains(deny[""], p) && !slices.Contains(deny[project], p)
}

// use takes one from a counter by key and says whether there was one left.
func use(counters map[string]int, key string) bool {
	if counters[key] == 0 {
		return false
	}
	counters[key]--
	return true
}
