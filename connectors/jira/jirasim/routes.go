package jirasim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// handler answers one route; it is called with the site locked.
type handler func(c *call) answer

// route is a handler under its pattern.
type route struct {
	site   *Site
	serve  handler
	read   bool // writes nothing, whatever its method
	open   bool // served without credentials as well
	method string
	path   string // pattern
}

// platform registers one route of the platform API under its versions.
func (s *Site) platform(method, path string, h handler, options ...func(*route)) {
	s.register(method, "/rest/api/{v}"+path, h, options...)
}

func (s *Site) register(method, path string, h handler, options ...func(*route)) {
	r := &route{site: s, serve: h, read: method == http.MethodGet, method: method, path: path}
	for _, option := range options {
		option(r)
	}
	s.mux.Handle(method+" "+muxPath(path), r)
}

// muxPath gives a path as the mux has it. Beside "/issue/{id}/comment/{id}" it
// takes no "/issue/createmeta/{key}/issuetypes", for some paths would fit both.
func muxPath(path string) string {
	return strings.Replace(path, "/issue/createmeta/", "/issue:createmeta/", 1)
}

// reading marks a route that only reads although its method is POST.
func reading(r *route) { r.read = true }

// public marks a route that needs no credentials.
func public(r *route) { r.open = true }

// routes fills the table of routes for the deployment.
func (s *Site) routes() {
	s.mux = http.NewServeMux()
	s.commonRoutes()
	s.issueRoutes()
	s.commentRoutes()
	s.peopleRoutes()
	s.worklogRoutes()
	s.metaRoutes()
	s.webhookRoutes()
	s.remoteRoutes()
	s.newFieldRoutes()
	s.agileRoutes()
	s.shelfRoutes()
	s.sprintRoutes()
	s.epicRoutes()
	if s.cloud() {
		s.cloudRoutes()
	} else {
		s.sessionRoutes()
		s.platform("GET", "/search", (*call).searchGet)
		s.platform("POST", "/search", (*call).searchPost, reading)
	}
	s.mux.HandleFunc("GET /_sandbox/stats", s.serveStats)
	s.mux.HandleFunc("GET /_sandbox/dump", s.serveDump)
	s.mux.HandleFunc("POST /_sandbox/reset", s.serveReset)
	s.mux.Handle("/", &route{site: s, open: true, read: true, path: "other"})
}

func (s *Site) commonRoutes() {
	s.platform("GET", "/serverInfo", (*call).serverInfo, public)
	s.platform("GET", "/myself", (*call).myself)
	s.platform("GET", "/mypermissions", (*call).myPermissions, public)
	s.platform("GET", "/configuration", (*call).configuration)
	s.platform("GET", "/field", (*call).fieldList, public)
	s.platform("GET", "/priority", (*call).priorityList, public)
	s.platform("GET", "/priority/{id}", (*call).priorityOne, public)
	s.platform("GET", "/status", (*call).statusList, public)
	s.platform("GET", "/statuscategory", (*call).categoryList, public)
	s.platform("GET", "/resolution", (*call).resolutionList, public)
	s.platform("GET", "/issuetype", (*call).kindList, public)
	s.platform("GET", "/issueLinkType", (*call).linkTypeList)
	s.platform("GET", "/issueLinkType/{id}", (*call).linkTypeOne)
	s.platform("GET", "/project", (*call).projectList, public)
	s.platform("GET", "/project/{projectIdOrKey}", (*call).projectOne)
	s.platform("GET", "/project/{projectIdOrKey}/versions", (*call).projectVersions)
	s.platform("GET", "/project/{projectIdOrKey}/components", (*call).projectComponents)
}

// ServeHTTP answers one request on the route.
func (r *route) ServeHTTP(_ http.ResponseWriter, req *http.Request) {
	c, ok := req.Context().Value(callKey{}).(*call)
	if !ok {
		return
	}
	c.r = req
	body, err := io.ReadAll(http.MaxBytesReader(c.w, req.Body, largestBody))
	if err != nil || !r.site.pause(req) {
		return
	}
	c.body = body
	r.site.mu.Lock()
	a := r.answer(c)
	r.site.mu.Unlock()
	c.send(a)
}

// largestBody is the most that a request may send.
const largestBody = 10 << 20

// pause waits for the set latency; it says false when the client is gone.
func (s *Site) pause(req *http.Request) bool {
	s.mu.Lock()
	latency := s.switches.Latency
	s.mu.Unlock()
	if latency <= 0 {
		return true
	}
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-req.Context().Done():
		return false
	}
}

// answer goes through what stands before every handler.
func (r *route) answer(c *call) answer {
	s := r.site
	c.version = first(c.r.PathValue("v"), "2")
	template := r.template(c)
	s.stats.count(template, !r.read)
	if a := s.interrupted(c, template); a != nil {
		return *a
	}
	if a := s.authenticate(c); a != nil {
		return *a
	}
	a, headers := s.take(c, template)
	if a == nil {
		got := r.handle(c)
		a = &got
	}
	for key, values := range headers {
		if a.header.Get(key) == "" {
			*a = a.with(key, values[0])
		}
	}
	if s.cloud() && !c.anonymous {
		*a = a.with("X-AAccountId", s.seed.User.ID)
	}
	return *a
}

// template names the route with the version that was called.
func (r *route) template(c *call) string {
	return c.r.Method + " " + strings.Replace(r.path, "{v}", c.version, 1)
}

// handle answers by the route's own handler, if the deployment has the
// version and the caller may use the route at all.
func (r *route) handle(c *call) answer {
	if r.serve == nil || !r.site.serves(c.version) {
		return r.site.unknownRoute(c)
	}
	search := strings.Contains(r.path, "/search") || strings.HasPrefix(r.path, "/rest/api/{v}/issue/{issueIdOrKey}")
	if c.anonymous && !r.open && (!search || c.r.Method != http.MethodGet && !r.read) {
		return r.site.unauthenticated()
	}
	return r.serve(c)
}

// serves says whether the deployment has a version of the platform API.
func (s *Site) serves(version string) bool {
	return version == "2" || version == "latest" || version == "3" && s.cloud()
}

// unknownRoute answers a path that the site does not have, or not with the
// method.
func (s *Site) unknownRoute(c *call) answer {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if !s.serves(c.version) {
			break
		}
		probe := c.r.Clone(c.r.Context())
		probe.Method = method
		if _, pattern := s.mux.Handler(probe); pattern != "/" && pattern != "" && method != c.r.Method {
			return refuse(http.StatusMethodNotAllowed, "HTTP 405 Method Not Allowed")
		}
	}
	return reply(http.StatusNotFound, map[string]any{"message": "null for uri: " + c.base + c.path, "status-code": http.StatusNotFound})
}

// read decodes a request's body; the answer is the refusal of a bad one.
func (c *call) read(into any) *answer {
	if json.Unmarshal(c.body, into) != nil {
		a := refuse(http.StatusBadRequest, "There was an error parsing JSON. Check that your request body is valid.")
		return &a
	}
	return nil
}
