package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"stackrank/connectors"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// lookFields tell what has become of an issue. The fields that are written come
// beside them.
var lookFields = []string{"summary", "project", "status", "labels"}

// Look asks for the issues by their ids alone, whatever the query selects and the
// index knows. It signs in first, since to a caller whom it does not know Jira
// Cloud gives no issue and no word.
func (c *Connector) Look(ctx context.Context, refs []work.Ref) ([]connectors.Sight, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	s, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	w := &wanted{targets: map[work.Slot]named{}}
	for slot, name := range c.wiring.Targets {
		if w.targets[slot], err = s.fields.find(name); err != nil {
			return nil, c.explain(atIssue, fmt.Errorf("write.to.%s.%s: %w", c.wiring.Source, slot, err))
		}
	}
	l := c.newLook(s, w)
	if err := l.read(ctx, refs); err != nil {
		return nil, c.explain(atIssue, err)
	}
	out, err := l.sights(ctx, refs)
	return out, c.explain(atIssue, err)
}

// look is what was found out about some issues.
type look struct {
	*Connector
	s      *site
	view   *view
	r      *reading
	gone   map[string]bool  // ids of which Jira says that there are none
	failed map[string]error // why nothing is known of an id
}

func (c *Connector) newLook(s *site, w *wanted) *look {
	fields := slices.Clone(lookFields)
	for _, n := range w.targets {
		fields = append(fields, n.ids()...)
	}
	slices.Sort(fields)
	return &look{
		Connector: c, s: s, view: c.newView(s, w), r: newReading(slices.Compact(fields), func(int, int) {}),
		gone: map[string]bool{}, failed: map[string]error{},
	}
}

// read asks for the issues, a hundred at a time. Once Jira itself refuses, the
// rest is not asked for. The error is for what ends a round.
func (l *look) read(ctx context.Context, refs []work.Ref) error {
	var ids []string
	for _, ref := range refs {
		if ref.Source != l.wiring.Source || !isID(flexID(ref.ID)) {
			l.failed[ref.ID] = fmt.Errorf("%w: %q is no issue of this source", work.ErrInvalid, ref)
			continue
		}
		ids = append(ids, ref.ID)
	}
	slices.Sort(ids)
	ask := l.find
	if l.s.cloud {
		ask = l.fetchTwice
	}
	var refused error
	for part := range slices.Chunk(slices.Compact(ids), readPage) {
		err := refused
		if err == nil {
			err = ask(ctx, part)
		}
		if errors.Is(err, work.ErrAuth) || ctx.Err() != nil {
			return err
		}
		for _, id := range l.missing(part) {
			if l.failed[id] == nil && !l.gone[id] {
				l.failed[id] = err
			}
		}
		if _, whole := errors.AsType[*rest.Error](err); whole {
			refused = err
		}
	}
	return nil
}

// missing gives those of the ids that were not read.
func (l *look) missing(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return l.r.seen[flexID(id)] != "" })
}

// fetchTwice reads issues past the index. Cloud leaves out without a word what is
// gone or not to be seen; what it leaves out twice is that.
func (l *look) fetchTwice(ctx context.Context, ids []string) error {
	for range 2 {
		missing := l.missing(ids)
		if len(missing) == 0 {
			return nil
		}
		if err := l.fetch(ctx, l.r, bulk{missing, l.r.fields}); err != nil {
			return err
		}
	}
	for _, id := range l.missing(ids) {
		l.gone[id] = true
	}
	return nil
}

// fewAlone is how many issues are asked for one by one, rather than by a search
// that knows only what is in its index.
const fewAlone = 3

// find reads issues of Data Center, which refuses a list of ids that names one
// which is gone: such a list is asked for in halves.
func (l *look) find(ctx context.Context, ids []string) error {
	if len(ids) > fewAlone {
		q := query{JQL: orderedBy("id in ("+strings.Join(ids, ",")+")", "id ASC"), Fields: l.r.fields, Max: len(ids), Start: new(int)}
		p, err := l.search(ctx, l.s, q)
		if half := len(ids) / 2; errors.Is(err, work.ErrInvalid) {
			if err := l.find(ctx, ids[:half]); err != nil {
				return err
			}
			return l.find(ctx, ids[half:])
		}
		if err == nil {
			_, err = l.r.take(*p.Issues, p.sound)
		}
		if err != nil {
			return err
		}
	}
	for _, id := range l.missing(ids) {
		if err := l.get(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// get reads one issue. That an issue is not there is an answer, too.
func (l *look) get(ctx context.Context, id string) error {
	var raw json.RawMessage
	err := l.call(ctx, http.MethodGet, "rest/api/2/issue/"+url.PathEscape(id)+"?fields="+url.QueryEscape(strings.Join(l.r.fields, ",")), nil, &raw)
	if err == nil {
		_, err = l.r.take([]json.RawMessage{raw}, false)
	}
	switch {
	case errors.Is(err, work.ErrNotFound):
		l.gone[id] = true
	case errors.Is(err, work.ErrAuth) || ctx.Err() != nil:
		return err
	case err != nil:
		l.failed[id] = err
	}
	return nil
}

// sights gives what was found of each ref.
func (l *look) sights(ctx context.Context, refs []work.Ref) ([]connectors.Sight, error) {
	var items []ranked
	for _, iss := range l.r.issues {
		it, err := l.item(iss)
		if err != nil {
			l.failed[string(iss.ID)] = err
			continue
		}
		items = append(items, ranked{item: it})
	}
	if err := l.markRights(ctx, items); err != nil {
		return nil, err
	}
	if err := l.markLacking(l.s, items); err != nil {
		return nil, err
	}
	found := map[string]work.Item{}
	for _, r := range items {
		found[r.item.Ref.ID] = r.item
	}
	out := make([]connectors.Sight, len(refs))
	for i, ref := range refs {
		out[i].Ref = ref
		it, seen := found[ref.ID]
		switch err := l.failed[ref.ID]; {
		case err == nil && seen:
			out[i].Item = it
		case err == nil && l.gone[ref.ID]:
			out[i].Err = l.explain(atIssue, fmt.Errorf("%w: Jira has no issue %s, or does not show it to the account", work.ErrNotFound, ref.ID))
		default:
			out[i].Err = l.explain(atIssue, undecided(ref.ID, err))
		}
	}
	return out, nil
}

// undecided is the error of an issue of which nobody can say what has become. It
// is never of the kind of one that is gone.
func undecided(id string, err error) error {
	switch {
	case err == nil:
		return fmt.Errorf("%w: issue %s was asked for and did not come", work.ErrUnexpected, id)
	case errors.Is(err, work.ErrNotFound):
		return fmt.Errorf("%w: Jira has no way to give issue %s", work.ErrUnexpected, id)
	}
	return err
}

// item gives what is to be known of one issue. What is odd in its answer would
// decide whether it is written, so that it is an error here.
func (l *look) item(iss rawIssue) (work.Item, error) {
	odd := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s: "+format, append([]any{work.ErrUnexpected, iss.Key}, args...)...)
	}
	v := *l.view
	v.notes = notes{source: v.source, odd: map[string]*oddity{}}
	status, err := categoryOf(iss.Fields.get("status"))
	switch {
	case len(iss.flaws) > 0:
		return work.Item{}, odd("it %s", iss.flaws[0])
	case err != nil:
		return work.Item{}, odd("%w", err)
	}
	v.at = v.home(iss)
	v.homes[string(iss.ID)] = v.at
	it := work.Item{
		Ref: v.ref(string(iss.ID)), Key: iss.Key, URL: v.browse(iss.Key), Title: v.title(iss), Status: status, Labels: v.labels(iss),
		Outputs: map[work.Slot]work.Value{},
	}
	v.outputs(iss, &it)
	if fields := slices.Sorted(maps.Keys(v.notes.odd)); len(fields) > 0 {
		return it, odd("its field %s is in no form that Jira documents", fields[0])
	}
	if iss.Fields.get("labels") == nil {
		it.Refused = unlabelled
	}
	return it, nil
}

// markRights says of each issue why it cannot be written. The rights in projects
// that hold nothing of the backlog are asked for.
func (l *look) markRights(ctx context.Context, items []ranked) error {
	if !l.writes() {
		return nil
	}
	have := maps.Clone(l.rights)
	elsewhere := slices.DeleteFunc(slices.Clone(items), func(r ranked) bool {
		_, asked := have[l.homes[r.item.Ref.ID].projectKey]
		return asked
	})
	if len(elsewhere) > 0 {
		more, err := l.grantsFor(ctx, l.s, elsewhere)
		if err = l.unlessHidden("permissions", err); err != nil {
			return err
		}
		if have == nil {
			have = more
		}
		maps.Copy(have, more)
	}
	l.markRefused(items, have)
	return nil
}
