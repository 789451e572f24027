package trellosim

import (
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// maxBody bounds a request body; the longest legal one is a description of
// 16384 characters, form-encoded.
const maxBody = 1 << 20

// maxFile bounds a form with a file, which is held in memory.
const maxFile = 10 << 20

// request is one call, with its parameters gathered from the query, a form or
// a JSON body: the service takes all three.
type request struct {
	method, path string
	pattern      string // "PUT /1/cards/{id}"; empty: no such route
	params       params
	badBody      error
	file         *multipart.FileHeader // of a form with a file
	key, token   string
	http         *http.Request
	mode         func(board string) FieldMode // custom fields of a board
	denied       func(board string) bool      // boards the token's member is not on
	lag          lags
	readOnly     bool
	enable       func(board string)             // turns custom fields on
	sub          func(path string) (any, error) // runs an element of a batch
}

// maxURI is the longest request line that the service takes; long texts belong
// in a body.
const maxURI = 8192

// newRequest reads r whole.
func (s *Site) newRequest(r *http.Request) *request {
	r = r.Clone(r.Context())
	r.URL.Path = canonicalPath(r.URL.Path)
	s.mux.ServeHTTP(discard{}, r) // routes only: fills in the pattern and the path values
	q := &request{
		method: r.Method, path: r.URL.Path, pattern: r.Pattern, http: r,
		mode: s.switches.fieldMode, denied: s.switches.denied, lag: s.switches.lags(),
		readOnly: s.switches.isReadOnly(), enable: func(b string) { s.switches.CustomFields(b, FieldsOn) },
	}
	q.sub = s.subrequest(q)
	q.params, q.badBody = readParams(r)
	if r.MultipartForm != nil && len(r.MultipartForm.File["file"]) > 0 {
		q.file = r.MultipartForm.File["file"][0]
	}
	if len(r.RequestURI) > maxURI {
		q.badBody = plain(http.StatusRequestURITooLong, "Request-URI Too Large")
	}
	q.key, q.token = credentials(r.Header.Get("Authorization"), q.params)
	return q
}

// discard is a response writer for the routing alone.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// canonicalPath drops a trailing slash and the old spelling of custom fields.
func canonicalPath(p string) string {
	p = strings.TrimRight(p, "/")
	const old, canonical = "/1/customfields", "/1/customFields"
	if len(p) >= len(old) && strings.EqualFold(p[:len(old)], old) {
		return canonical + p[len(old):]
	}
	return p
}

// params are a request's parameters: strings from a query or form, anything
// from a JSON body. Query parameters win.
type params map[string]any

func readParams(r *http.Request) (params, error) {
	p := params{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Body = http.MaxBytesReader(nil, r.Body, maxFile)
		if r.ParseMultipartForm(maxFile) != nil {
			return p, plain(http.StatusBadRequest, "Error parsing body")
		}
		p.addValues(r.MultipartForm.Value)
		p.addValues(r.URL.Query())
		return p, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return p, plain(http.StatusBadRequest, "request aborted")
	}
	if err := p.addBody(r.Header.Get("Content-Type"), body); err != nil {
		return p, err
	}
	p.addValues(r.URL.Query())
	return p, nil
}

func (p params) addBody(contentType string, body []byte) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = ""
	}
	if kind == "application/json" && len(body) > 0 {
		if err := json.Unmarshal(body, (*map[string]any)(&p)); err != nil {
			return plain(http.StatusBadRequest, "Error parsing body: "+err.Error())
		}
		return nil
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return plain(http.StatusBadRequest, "Error parsing body")
	}
	p.addValues(values)
	return nil
}

// addValues takes over form or query values; "value[text]" is a key of the
// object value.
func (p params) addValues(values url.Values) {
	for name, v := range values {
		outer, inner, nested := strings.Cut(name, "[")
		if !nested || !strings.HasSuffix(inner, "]") {
			p[name] = v[0]
			continue
		}
		sub, ok := p[outer].(map[string]any)
		if !ok {
			sub = map[string]any{}
			p[outer] = sub
		}
		sub[strings.TrimSuffix(inner, "]")] = v[0]
	}
}

// text gives a parameter as text. A JSON null and the word null count as
// given, but empty.
func (p params) text(name string) (string, bool) {
	v, ok := p[name]
	if !ok {
		return "", false
	}
	return textOf(v), true
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		if v == "null" {
			return ""
		}
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// or gives a parameter as text, or fallback when it is absent or empty.
func (p params) or(name, fallback string) string {
	if v, _ := p.text(name); v != "" {
		return v
	}
	return fallback
}

// flag says whether a parameter is "true".
func (p params) flag(name string) bool {
	v, _ := p.text(name)
	return v == "true"
}

// boolean gives a parameter that must be true or false.
func (p params) boolean(name string) (value, given bool, err error) {
	text, ok := p.text(name)
	if !ok || text == "" {
		return false, false, nil
	}
	v, perr := strconv.ParseBool(text)
	if perr != nil {
		return false, true, invalidValue(name)
	}
	return v, true, nil
}

// list gives a parameter that is an array or a comma list.
func (p params) list(name string) (items []string, given bool) {
	v, ok := p[name]
	if !ok {
		return nil, false
	}
	if array, isArray := v.([]any); isArray {
		for _, item := range array {
			items = append(items, textOf(item))
		}
		return items, true
	}
	return words(textOf(v)), true
}

// words splits a comma list; empty words are dropped.
func words(text string) []string {
	var out []string
	for w := range strings.SplitSeq(text, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// count gives a whole number between 0 and most, or fallback when absent.
func (p params) count(name string, fallback, most int) (int, error) {
	text, _ := p.text(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, invalidValue(name)
	}
	return n, nil
}

var (
	objectID  = regexp.MustCompile(`^[0-9a-f]{24}$`)
	shortLink = regexp.MustCompile(`^[0-9A-Za-z]{8}$`)
)

// shortable names the path parameters that may be a short link, by the first
// word of the route.
var shortable = map[string]bool{
	"boards id": true, "boards boardId": true, "cards id": true, "cards idCard": true,
}

// unchecked names the path parameters that are no ids.
var unchecked = map[string]bool{
	"filter": true, "field": true, "token": true,
}

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

// checkPathIDs refuses ids that cannot be any.
func (q *request) checkPathIDs() error {
	first, _, _ := strings.Cut(strings.TrimPrefix(q.path, "/1/"), "/")
	for _, m := range pathParam.FindAllStringSubmatch(q.pattern, -1) {
		name, value := m[1], q.http.PathValue(m[1])
		if unchecked[name] || first == "members" || objectID.MatchString(value) {
			continue
		}
		if shortable[first+" "+name] && shortLink.MatchString(value) {
			continue
		}
		return invalidID()
	}
	return nil
}

func (q *request) id(name string) string { return q.http.PathValue(name) }
