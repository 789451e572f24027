package jira

import (
	"encoding/json"
	"strings"
)

// inSprint reports whether the issue stands in a sprint that is running. The
// field holds all sprints the issue ever was in, as objects on Cloud and as Java
// texts on Data Center; Jira Software's own answers hold the present one.
func (v *view) inSprint(iss rawIssue) bool {
	ids := []string{"sprint"}
	for _, f := range v.want.sprint {
		ids = append(ids, f.ID)
	}
	for _, id := range ids {
		running, ok := runningSprint(iss.Fields.get(id))
		if !ok {
			v.bad(iss, id)
		}
		if running {
			return true
		}
	}
	return false
}

// runningSprint reads one sprint or a list of them and reports whether one
// runs, and whether everything was understood.
func runningSprint(raw json.RawMessage) (running, ok bool) {
	if empty(raw) {
		return false, true
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	ok = true
	for _, one := range list {
		state, known := sprintState(one)
		running = running || strings.EqualFold(state, "active")
		ok = ok && known
	}
	return running, ok
}

// sprintState reads the state of one sprint: an object, or the text that
// Java prints for one. The empty text is no sprint.
func sprintState(raw json.RawMessage) (state string, ok bool) {
	var s string
	if !empty(raw) && json.Unmarshal(raw, &s) == nil {
		if strings.TrimSpace(s) == "" {
			return "", true
		}
		return javaState(s)
	}
	var o struct {
		State string `json:"state"`
	}
	if json.Unmarshal(raw, &o) != nil || o.State == "" {
		return "", false
	}
	return o.State, true
}

// javaState finds the state in "…Sprint@4a655f6a[id=8,rapidViewId=13,state=CLOSED,
// name=…]". Java prints the state before the name, which may hold anything.
func javaState(s string) (string, bool) {
	_, inner, ok := strings.Cut(s, "[")
	if !ok {
		return "", false
	}
	for part := range strings.SplitSeq(inner, ",") {
		if state, found := strings.CutPrefix(part, "state="); found {
			return strings.TrimSuffix(state, "]"), true
		}
		if strings.HasPrefix(part, "name=") {
			break
		}
	}
	return "", false
}
