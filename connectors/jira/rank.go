package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"stackrank/internal/work"
)

const (
	// rankTries is how often a rank call is made while Jira says that others
	// rank at the same moment.
	rankTries = 4
	// lookTries is how often the order is read back before it counts as not
	// kept: the waits between them add up to seven pauses.
	lookTries = 4
)

// move is the body of a rank call; one of the anchors is set.
type move struct {
	Issues []string `json:"issues"`
	After  string   `json:"rankAfterIssue,omitempty"`
	Before string   `json:"rankBeforeIssue,omitempty"`
	Field  int64    `json:"rankCustomFieldId"`
}

// entry is what a rank call says of one issue.
type entry struct {
	ID     flexID   `json:"issueId"`
	Status int      `json:"status"`
	Errors []string `json:"errors"`
}

// Reorder ranks the issues of a run behind or before its anchor, one call at a
// time, and reads their ranks back. Where Jira took the call and yet did not
// keep the order of the list, it moves them one by one.
func (c *Connector) Reorder(ctx context.Context, r work.Run) ([]work.Result, error) {
	if err := checkRun(r); err != nil {
		return nil, c.explain(atOrder, err)
	}
	if c.unseen { // each further run would wait as long for nothing
		return nil, c.explain(atOrder, fmt.Errorf("%w: not tried, since Jira does not show the order that was written before", work.ErrConflict))
	}
	f, err := c.rankField(ctx, r)
	if err != nil {
		return nil, c.explain(atOrder, err)
	}
	for _, ref := range r.Items {
		c.touched[ref.ID] = true
	}
	o := &ordering{Connector: c, field: f, run: r, failed: map[string]error{}}
	if err := o.place(ctx, o.left(), r.After.ID, r.Before.ID); err != nil {
		return nil, c.explain(atOrder, err)
	}
	if err := o.settle(ctx); err != nil {
		return nil, c.explain(atOrder, err)
	}
	return o.results(), nil
}

func checkRun(r work.Run) error {
	switch {
	case len(r.Items) == 0:
		return fmt.Errorf("%w: a run without items", work.ErrInvalid)
	case len(r.Items) > maxMove:
		return fmt.Errorf("%w: a run of %d items; Jira ranks at most %d at once", work.ErrInvalid, len(r.Items), maxMove)
	case r.After.IsZero() && r.Before.IsZero():
		return fmt.Errorf("%w: a run without an anchor; Jira ranks relative to another issue only", work.ErrInvalid)
	}
	return nil
}

// rankField gives the field to rank by, finding it out where no pull has.
func (c *Connector) rankField(ctx context.Context, r work.Run) (field, error) {
	s, err := c.know(ctx)
	if err != nil {
		return field{}, err
	}
	if c.fields == nil && len(s.ranks) > 1 {
		if err := c.recallFields(ctx, s, r.Items[0].ID); err != nil {
			return field{}, err
		}
	}
	switch {
	case c.fields != nil && c.fields.rank != nil:
		return *c.fields.rank, nil
	case c.fields == nil && len(s.ranks) == 1:
		return s.ranks[0], nil
	case len(s.ranks) == 0:
		return field{}, fmt.Errorf("%w: the site has no rank field that this account can see; set order: false", work.ErrInvalid)
	}
	return field{}, fmt.Errorf("%w: the site has several rank fields (%s) and no board tells which one counts", work.ErrInvalid, fieldIDs(s.ranks))
}

// recallFields lets the board of an issue's project choose the rank field when
// a run is written without a pull, as when an old run is taken back.
func (c *Connector) recallFields(ctx context.Context, s *site, id string) error {
	h, err := c.homeOf(ctx, id)
	if err != nil {
		return err
	}
	b, err := c.boardOf(ctx, h.projectKey)
	if err != nil {
		return err
	}
	w := &wanted{}
	c.chooseRank(s, w, b)
	if w.rank != nil {
		c.fields = w
	}
	return nil
}

// ordering is one Reorder on its way.
type ordering struct {
	*Connector
	field  field
	run    work.Run
	failed map[string]error // by issue id
}

// left gives the ids that have not been refused, in the order of the run.
func (o *ordering) left() []string {
	var out []string
	for _, ref := range o.run.Items {
		if o.failed[ref.ID] == nil {
			out = append(out, ref.ID)
		}
	}
	return out
}

func (o *ordering) results() []work.Result {
	out := make([]work.Result, len(o.run.Items))
	for i, ref := range o.run.Items {
		out[i] = work.Result{Ref: ref, Err: o.failed[ref.ID]}
	}
	return out
}

// place makes the rank call. What Jira refuses for good is left out of the next
// try; while it is busy with an issue, the whole list is sent again, since each
// call says where the list stands and a part of it would not.
func (o *ordering) place(ctx context.Context, ids []string, after, before string) error {
	busy := map[string]error{}
	for try := range rankTries {
		if ids = o.without(ids); len(ids) == 0 {
			return nil
		}
		entries, err := o.rank(ctx, ids, after, before)
		if err != nil {
			return err
		}
		if busy = o.sortOut(entries); len(busy) == 0 {
			return nil
		}
		if try+1 == rankTries {
			break
		}
		if err := o.sleep(ctx, 1<<try); err != nil {
			return err
		}
	}
	maps.Copy(o.failed, busy)
	return nil
}

func (o *ordering) without(ids []string) []string {
	var out []string
	for _, id := range ids {
		if o.failed[id] == nil {
			out = append(out, id)
		}
	}
	return out
}

// rank makes one call and gives its entries; none when everything was done.
func (o *ordering) rank(ctx context.Context, ids []string, after, before string) ([]entry, error) {
	number, err := strconv.ParseInt(o.field.number(), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: rank field %q has no number", work.ErrUnexpected, o.field.ID)
	}
	if after != "" {
		before = ""
	}
	status, body, err := o.send(ctx, http.MethodPut, "rest/agile/1.0/issue/rank", move{ids, after, before, number})
	if err != nil || status != http.StatusMultiStatus {
		return nil, err
	}
	var a struct {
		Entries []entry `json:"entries"`
	}
	if err := json.Unmarshal(body, &a); err != nil || a.Entries == nil {
		return nil, fmt.Errorf("%w: a rank call was done in part, and Jira does not say which", work.ErrUnexpected)
	}
	return a.Entries, nil
}

// entryKinds files the status of one issue under a kind.
var entryKinds = map[int]error{
	http.StatusBadRequest: work.ErrInvalid, http.StatusUnauthorized: work.ErrForbidden, http.StatusForbidden: work.ErrForbidden,
	http.StatusNotFound: work.ErrNotFound, http.StatusConflict: work.ErrConflict, http.StatusTooManyRequests: work.ErrThrottled,
}

// sortOut notes what was refused for good and gives what may succeed later.
func (o *ordering) sortOut(entries []entry) (busy map[string]error) {
	busy = map[string]error{}
	for _, e := range entries {
		if e.Status >= 200 && e.Status <= 299 {
			continue
		}
		kind := cmp.Or(entryKinds[e.Status], work.ErrUnexpected)
		if e.Status >= 500 {
			kind = work.ErrUnavailable
		}
		err := fmt.Errorf("source %s: %w: %s", o.wiring.Source, kind, strings.Join(e.Errors, " "))
		if errors.Is(kind, work.ErrForbidden) {
			err = fmt.Errorf("%w; %s", err, fixOrder(err))
		}
		if errors.Is(kind, work.ErrUnavailable) || errors.Is(kind, work.ErrThrottled) {
			busy[string(e.ID)] = err
		} else {
			o.failed[string(e.ID)] = err
		}
	}
	return busy
}

// settle reads the order back, and moves the issues one by one where the list
// was not kept.
func (o *ordering) settle(ctx context.Context) error {
	ids := o.left()
	if len(ids) == 0 {
		return nil
	}
	kept, err := o.kept(ctx, ids)
	if err != nil || kept {
		return err
	}
	o.log.Warn("Jira did not keep the order of a list; moving its issues one by one", zap.Int("issues", len(ids)))
	if err := o.place(ctx, ids[:1], o.run.After.ID, o.run.Before.ID); err != nil {
		return err
	}
	for i := 1; i < len(ids); i++ {
		if err := o.place(ctx, ids[i:i+1], ids[i-1], ""); err != nil {
			return err
		}
	}
	if kept, err = o.kept(ctx, o.left()); err != nil || kept {
		return err
	}
	o.unseen = true
	for _, id := range o.left() {
		o.failed[id] = fmt.Errorf("source %s: %w: Jira took the new order and does not show it; somebody else may be ranking", o.wiring.Source, work.ErrConflict)
	}
	return nil
}

// kept reads the ranks of the run and its anchor until they show the order that
// was written, or the tries are used up. On Cloud it never asks the search, which
// shows a new order last of all. Ranks of two buckets cannot be compared; then what
// Jira said has to do.
func (o *ordering) kept(ctx context.Context, ids []string) (bool, error) {
	chain := slices.Concat([]string{o.run.After.ID}, ids)
	if o.run.After.IsZero() {
		chain = slices.Concat(ids, []string{o.run.Before.ID})
	}
	for try := range lookTries {
		ranks, err := o.ranks(ctx, chain, try)
		if err != nil {
			return false, err
		}
		if len(ranks) == len(chain) && rises(chain, ranks) {
			return true, nil
		}
		if try+1 < lookTries {
			if err := o.sleep(ctx, 1<<try); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// rises reports whether the ranks of the ids rise, as far as they can be compared.
func rises(ids []string, ranks map[string]string) bool {
	for i := 1; i < len(ids); i++ {
		a, b := ranks[ids[i-1]], ranks[ids[i]]
		if bucket(a) == bucket(b) && a >= b && a != "" {
			return false
		}
	}
	return true
}

// ranks reads the rank of each issue: at once on Cloud; on Data Center by a search
// the first time, and one by one where its index does not show the order yet.
func (o *ordering) ranks(ctx context.Context, ids []string, try int) (map[string]string, error) {
	var found []json.RawMessage
	var err error
	switch {
	case o.site.cloud:
		var a bulkAnswer
		if a, err = o.bulkfetch(ctx, bulk{ids, []string{o.field.ID}}); err == nil {
			found = *a.Issues
		}
	case try == 0:
		var p searchPage
		jql := "id in (" + strings.Join(ids, ",") + ")"
		if p, err = o.search(ctx, o.site, query{JQL: jql, Fields: []string{o.field.ID}, Max: len(ids), Start: new(int)}); err == nil {
			found = *p.Issues
		} else if errors.Is(err, work.ErrInvalid) { // one of them is gone
			found, err = o.each(ctx, ids)
		}
	default:
		found, err = o.each(ctx, ids)
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, raw := range found {
		var rank string
		if iss, err := readIssue(raw, true); err == nil && json.Unmarshal(iss.Fields.get(o.field.ID), &rank) == nil {
			out[string(iss.ID)] = rank
		}
	}
	return out, nil
}

// each reads the rank field of issues one by one, past any index.
func (o *ordering) each(ctx context.Context, ids []string) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for _, id := range ids {
		var raw json.RawMessage
		path := "rest/api/2/issue/" + url.PathEscape(id) + "?fields=" + o.field.ID
		if err := o.call(ctx, http.MethodGet, path, nil, &raw); err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return out, nil
}
