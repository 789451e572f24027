package jirasim

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

// selfMark stands for the scheme, host and base path in the links that issues
// hold; answers replace it by the address that the client called.
const selfMark = "https://jirasim.invalid"

// answer is what a handler gives back. An empty body is sent without a type.
type answer struct {
	status int
	body   []byte
	kind   string // content type; empty: JSON
	header http.Header
}

// problem is Jira's usual body of a refusal.
type problem struct {
	Messages []string          `json:"errorMessages"`
	Errors   map[string]string `json:"errors"`
}

// reply answers with a value as JSON.
func reply(status int, value any) answer {
	return answer{status: status, body: encode(value)}
}

// encode gives a value as JSON without Go's escapes for HTML. All values here
// are texts, numbers and JSON that has been read before, which cannot fail.
func encode(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSpace(b.Bytes())
}

// refuse answers with messages that name no field.
func refuse(status int, messages ...string) answer {
	return reply(status, problem{Messages: messages, Errors: map[string]string{}})
}

// refuseFields answers with one message a field.
func refuseFields(status int, errors map[string]string) answer {
	return reply(status, problem{Messages: []string{}, Errors: errors})
}

// notFound is the answer for an issue that is not there or not to be seen;
// Jira never tells which.
func notFound() answer {
	return refuse(http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
}

// done is an answer without a body.
func done() answer { return answer{status: http.StatusNoContent} }

// with adds a header to an answer.
func (a answer) with(key, value string) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(key, value)
	return a
}

// html answers with a page.
func html(status int, body string) answer {
	return answer{status: status, body: []byte(body), kind: "text/html;charset=UTF-8"}
}

// send writes an answer; links in it lead to where the client came from.
func (c *call) send(a answer) {
	h := c.w.Header()
	h.Set("Date", c.s.now().UTC().Format(http.TimeFormat))
	maps.Copy(h, a.header)
	if len(a.body) == 0 {
		c.w.WriteHeader(a.status)
		return
	}
	kind := a.kind
	if kind == "" {
		kind = "application/json;charset=UTF-8"
		a.body = c.link(a.body)
	}
	h.Set("Content-Type", kind)
	c.w.WriteHeader(a.status)
	_, _ = c.w.Write(a.body)
}

// link puts the called address and version in place of the marks.
func (c *call) link(body []byte) []byte {
	body = bytes.ReplaceAll(body, []byte(selfMark+"/rest/api/2/"), []byte(c.base+"/rest/api/"+c.version+"/"))
	return bytes.ReplaceAll(body, []byte(selfMark), []byte(c.base))
}

// mark puts selfMark in place of the addresses of REST links in an issue.
func mark(raw []byte) []byte {
	const opening = `"self":"`
	var out []byte
	rest := raw
	for {
		at := bytes.Index(rest, []byte(opening))
		if at < 0 {
			break
		}
		at += len(opening)
		out = append(out, rest[:at]...)
		rest = rest[at:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			break
		}
		out = append(out, marked(string(rest[:end]))...)
		rest = rest[end:]
	}
	if out == nil {
		return raw
	}
	return append(out, rest...)
}

// marked gives one link with a mark; links that are not REST links stay.
func marked(link string) string {
	at := strings.Index(link, "/rest/")
	if at < 0 || !strings.HasPrefix(link, "http") {
		return link
	}
	path := link[at:]
	for _, v := range []string{"3", "latest"} {
		if rest, found := strings.CutPrefix(path, "/rest/api/"+v+"/"); found {
			path = "/rest/api/2/" + rest
		}
	}
	return selfMark + path
}
