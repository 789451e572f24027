package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// maxLabel is the longest label that Jira takes, in characters.
const maxLabel = 255

// edit is the body of an edit. A field stands in one of the two maps.
type edit struct {
	Fields map[string]any            `json:"fields,omitempty"`
	Update map[string][]labelOperate `json:"update,omitempty"`
}

// labelOperate adds or removes one label and leaves all others alone.
type labelOperate struct {
	Add    string `json:"add,omitempty"`
	Remove string `json:"remove,omitempty"`
}

// Apply writes all edits of one issue with one request, so that its history
// shows one entry. It asks for silence, and where Jira refuses silence the issue
// is not written unless the options allow mail.
func (c *Connector) Apply(ctx context.Context, ch work.Change) error {
	s, err := c.know(ctx)
	if err != nil {
		return err
	}
	body, err := c.body(ctx, s, ch)
	if err != nil {
		return c.explain(atIssue, err)
	}
	if len(body.Fields) == 0 && len(body.Update) == 0 {
		return nil
	}
	c.touched[ch.Ref.ID] = true
	return c.writeAllowed(ctx, s, ch, body)
}

// writeAllowed writes what Jira takes. One bad field costs the whole request, so
// a field that Jira names as one that cannot be set is left out of the next; the
// error tells of every field left out.
func (c *Connector) writeAllowed(ctx context.Context, s *site, ch work.Change, body edit) error {
	var left []error
	for len(body.Fields) > 0 || len(body.Update) > 0 {
		err := c.write(ctx, s, ch, body)
		e, ok := errors.AsType[*rest.Error](err)
		if !ok || !offScreen(e) {
			return errors.Join(append(left, err)...)
		}
		if _, ours := body.Fields[e.Code]; !ours {
			return errors.Join(append(left, err)...)
		}
		delete(body.Fields, e.Code)
		left = append(left, err)
	}
	return errors.Join(left...)
}

// offScreen reports whether Jira refuses to set a field that is on no screen.
func offScreen(e *rest.Error) bool {
	return e.Status == http.StatusBadRequest && strings.Contains(e.Message, "cannot be set")
}

func (c *Connector) write(ctx context.Context, s *site, ch work.Change, body edit) error {
	project := projectOf(ch.Key)
	loud := c.loud[project] && !c.quiet()
	err := c.put(ctx, ch.Ref.ID, body, loud)
	if errors.Is(err, work.ErrConflict) && ctx.Err() == nil {
		// Somebody else wrote the issue at the same moment; the edits are
		// absolute, so the same ones are right still.
		err = c.put(ctx, ch.Ref.ID, body, loud)
	}
	if errors.Is(err, work.ErrForbidden) && !loud && !c.quiet() {
		// Jira may say in any language that it is silence that it refuses.
		if err = c.put(ctx, ch.Ref.ID, body, true); err == nil {
			c.loud[project] = true
		}
	}
	if err == nil {
		return nil
	}
	return c.explainWrite(s, ch, err)
}

func (c *Connector) put(ctx context.Context, id string, body edit, loud bool) error {
	path := "rest/api/2/issue/" + url.PathEscape(id)
	if !loud {
		path += "?notifyUsers=false"
	}
	return c.call(ctx, http.MethodPut, path, body, nil)
}

// body turns edits into one request. Whatever is not ours to write is refused.
func (c *Connector) body(ctx context.Context, s *site, ch work.Change) (edit, error) {
	body := edit{Fields: map[string]any{}, Update: map[string][]labelOperate{}}
	for _, e := range ch.Edits {
		var err error
		if e.Op == work.Set {
			err = c.set(ctx, s, ch, e, body)
		} else {
			err = c.label(e, body)
		}
		if err != nil {
			return edit{}, err
		}
	}
	return body, nil
}

func (c *Connector) label(e work.Edit, body edit) error {
	l := e.Label()
	switch {
	case !c.wiring.Labels:
		return fmt.Errorf("%w: labels of the source are not ours to write", work.ErrInvalid)
	case l == "" || !utf8.ValidString(l) || strings.ContainsFunc(l, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return fmt.Errorf("%w: label %q: Jira takes no blanks, control characters and broken ones in labels", work.ErrInvalid, l)
	case utf8.RuneCountInString(l) > maxLabel:
		return fmt.Errorf("%w: label %q is longer than the %d characters that Jira takes", work.ErrInvalid, l, maxLabel)
	case !strings.HasPrefix(l, c.wiring.LabelPrefix):
		return fmt.Errorf("%w: label %q does not begin with %s and so is not ours", work.ErrInvalid, l, c.wiring.LabelPrefix)
	}
	op := labelOperate{Add: l}
	if e.Op == work.Remove {
		op = labelOperate{Remove: l}
	}
	body.Update["labels"] = append(body.Update["labels"], op)
	return nil
}

func (c *Connector) set(ctx context.Context, s *site, ch work.Change, e work.Edit, body edit) error {
	name := c.wiring.Targets[e.Slot]
	if name == "" {
		return fmt.Errorf("%w: the source has no field for %s", work.ErrInvalid, e.Slot)
	}
	n, err := s.fields.find(name)
	if err != nil {
		return err
	}
	f, ok := n.one()
	if !ok {
		h, err := c.homeOf(ctx, ch.Ref.ID)
		if err != nil {
			return err
		}
		if f, ok = n.in(h.projectID); !ok {
			return fmt.Errorf("%w: project %s has no field %q; add it to the project", work.ErrInvalid, h.projectKey, name)
		}
	}
	v, err := encode(f, e.New)
	body.Fields[f.ID] = v
	return err
}

// encode gives a value in the form that the field takes; nothing clears it.
func encode(f field, v work.Value) (any, error) {
	if v.IsZero() {
		return nil, nil
	}
	if f.Schema.Type == "string" {
		return v.String(), nil
	}
	if _, ok := v.Float(); !ok {
		return nil, fmt.Errorf("%w: field %q takes numbers, not %q", work.ErrInvalid, f.Name, v)
	}
	return json.Number(v.String()), nil
}

// homeOf gives the project of an issue, asking for it where no pull has.
func (c *Connector) homeOf(ctx context.Context, id string) (home, error) {
	if h, known := c.homes[id]; known {
		return h, nil
	}
	var iss struct {
		Fields struct {
			Project struct {
				ID  flexID `json:"id"`
				Key string `json:"key"`
			} `json:"project"`
		} `json:"fields"`
	}
	if err := c.call(ctx, http.MethodGet, "rest/api/2/issue/"+url.PathEscape(id)+"?fields=project", nil, &iss); err != nil {
		return home{}, err
	}
	h := home{projectID: string(iss.Fields.Project.ID), projectKey: iss.Fields.Project.Key}
	c.homes[id] = h
	return h, nil
}

// refusedSilence reports whether Jira says in English that it refused a write
// only because it was to be quiet.
func refusedSilence(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && e.Status == http.StatusForbidden && strings.Contains(strings.ToLower(e.Message), "notification")
}

// explainWrite adds the mend to a refused edit.
func (c *Connector) explainWrite(s *site, ch work.Change, err error) error {
	project := projectOf(ch.Key)
	e, _ := errors.AsType[*rest.Error](err)
	fix := ""
	switch {
	case refusedSilence(err):
		fix = "give the account the permission Administer projects in project " + project + ", or set notify: allow; nothing was written"
	case errors.Is(err, work.ErrForbidden):
		fix = "give the account the permission Edit issues in project " + project
		if c.quiet() {
			fix += ", and Administer projects, without which Jira refuses to write without mail"
		}
	case errors.Is(err, work.ErrNotFound):
		fix = ch.Key + " is deleted, moved out of sight or hidden from the account"
	case errors.Is(err, work.ErrConflict):
		fix = "somebody else writes " + ch.Key + " at this moment; the next sync tries again"
	case e != nil && offScreen(e):
		fix = c.fixScreen(s, e.Code, project)
	default:
		return c.explain(atIssue, err)
	}
	return fmt.Errorf("%w; %s", err, fix)
}

func (c *Connector) fixScreen(s *site, id, project string) string {
	name := id
	if f, ok := s.fields.byID(id); ok {
		name = f.Name
	}
	return fmt.Sprintf("add the field %q to the Edit screen of project %s, and to the fields of its issue types", name, project)
}
