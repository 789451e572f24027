package jira

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stackrank/connectors/cursor"
	"stackrank/internal/work"
)

// Since reads the names of all issues in their order, and whole only those that
// may have changed.
//
// Cloud gives thousands of names at a time and nothing else. What is dated there
// is asked for by its date; what is not (places, votes, watchers, sprints that
// began or ended, links) is found out from the order in which Jira sorts the
// names, and by asking which issues differ from what is known. Data Center
// gives a thousand issues with all of that at a time.
func (c *Connector) Since(ctx context.Context, sealed []byte) (work.Delta, error) {
	var last knowledge
	if err := cursor.Open(sealed, c.head(), &last); err != nil {
		return work.Delta{}, c.explain(atQuery, err)
	}
	c.unseen, c.last, c.touched = false, nil, map[string]bool{}
	s, err := c.recall(ctx, &last)
	if err != nil {
		return work.Delta{}, err
	}
	r := &round{
		Connector: c, s: s, last: &last, known: map[string]known{}, sure: map[string]bool{},
		asked: map[string]bool{}, fresh: map[string]converted{}, kept: map[work.Signal]bool{},
	}
	if err := r.read(ctx); err != nil {
		return work.Delta{}, c.explain(atQuery, err)
	}
	d, err := r.delta(ctx)
	return d, c.explain(atQuery, err)
}

// recall signs in and gives the site as the cursor knows it. Its fields, on which
// the meaning of every answer rests, are asked for again by a new connector.
func (c *Connector) recall(ctx context.Context, last *knowledge) (*site, error) {
	var account string
	s, calls := c.site, []func(context.Context) error{c.signIn(&account)}
	if s == nil {
		s = &site{cloud: last.Cloud, address: last.Address, version: last.Version, priorities: last.Priorities}
		calls = append(calls, func(ctx context.Context) error { return c.explain(atDoor, c.learnFields(ctx, s)) })
	}
	if err := together(ctx, calls...); err != nil {
		return nil, err
	}
	same := s.fields.digest() == last.Fields && s.cloud == last.Cloud && maps.Equal(s.priorities, last.Priorities)
	if !same || c.begun.IsZero() {
		return nil, c.explain(atDoor, fmt.Errorf("%w: the fields of the site have changed, or it does not tell its time", work.ErrCursor))
	}
	s.account = account
	c.site = s
	return s, nil
}

// round is one incremental read.
type round struct {
	*Connector
	s     *site
	last  *knowledge
	known map[string]known // by id, as the cursor has it
	l     listing          // as it is now
	light []rawIssue       // Data Center: what the listing tells besides
	crowd []string         // Cloud: the ids sorted by votes and watchers; nil: not to be had
	sure  map[string]bool  // Cloud: ids whose votes and watchers are as known
	view  *view
	asked map[string]bool      // ids of issues that were read or looked for
	fresh map[string]converted // those of them that there are
	found []string             // ids of issues that the listing lacks and that fit the query all the same
	kept  map[work.Signal]bool
}

// mostPasses is how many reads may follow from one another before a pull is better.
const mostPasses = 6

// read brings what is known up to date.
func (r *round) read(ctx context.Context) error {
	if err := r.begin(); err != nil {
		return err
	}
	if err := r.list(ctx); err != nil {
		return err
	}
	w, err := r.resolve(ctx, r.s, r.projects())
	if err != nil {
		return err
	}
	if w.digest() != r.last.Wanted {
		return fmt.Errorf("%w: other fields are to be read", work.ErrCursor)
	}
	r.fields = w
	r.view = r.newView(r.s, w)
	r.view.named = r.l.named()
	stale, err := r.stale(ctx)
	if err != nil {
		return err
	}
	for range mostPasses {
		if len(stale) == 0 {
			return nil
		}
		if err := r.renew(ctx, stale); err != nil {
			return err
		}
		stale = r.doubts()
	}
	return fmt.Errorf("%w: one change follows from another without an end", work.ErrCursor)
}

// begin takes over what the cursor knows.
func (r *round) begin() error {
	maps.Copy(r.boards, r.last.Boards)
	r.rights = r.last.Rights
	for _, k := range r.last.Issues {
		if k.Home < 0 || k.Home >= len(r.last.Homes) {
			return fmt.Errorf("%w: the cursor is damaged", work.ErrCursor)
		}
		h := r.last.Homes[k.Home]
		r.homes[k.ID], r.known[k.ID] = home{h.ID, h.Key}, k
	}
	return nil
}

// projects gives the project whose board counts: on Data Center, whose pull sees
// a part of the issues by name, the same as then.
func (r *round) projects() []string {
	if r.s.cloud {
		return r.l.projects()
	}
	return r.last.Projects
}

// stale gives the ids of the issues to be read, and of those to be looked for.
func (r *round) stale(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	present := map[string]bool{}
	for i, id := range r.l.ids {
		present[id] = true
		if !r.holds(i) {
			out[id] = true
		}
		if r.known[id].Breach < 0 {
			r.kept[work.Breached] = true
		}
	}
	for _, id := range r.last.Touched {
		if present[id] {
			out[id] = true
		}
	}
	for id := range r.known {
		if !present[id] {
			out[id] = true
		}
	}
	if r.s.cloud {
		if err := r.undated(ctx, out, present); err != nil {
			return nil, err
		}
	}
	r.resolveEpics(out)
	if len(out) > len(r.l.ids)/2+readPage {
		return nil, fmt.Errorf("%w: %d of %d issues have changed", work.ErrCursor, len(out), len(r.l.ids))
	}
	return out, nil
}

// holds reports whether the listing shows nothing new of its i-th issue.
func (r *round) holds(i int) bool {
	k, met := r.known[r.l.ids[i]]
	switch {
	case !met, k.Key != r.l.keys[i]:
		return false
	case k.Breach > 0 && k.Breach <= r.begun.UnixMilli():
		return false
	}
	return r.s.cloud || k.Mark == r.view.convert(r.light[i]).Mark
}

// resolveEpics adds the issues whose epic, of which they tell the key alone, has
// come to be among the issues or is no more.
func (r *round) resolveEpics(out map[string]bool) {
	before := make(map[string]string, len(r.known))
	for _, k := range r.last.Issues {
		before[k.Key] = k.ID
	}
	for _, k := range r.last.Issues {
		if k.Epic != "" && before[k.Epic] != r.view.named[k.Epic] {
			out[k.ID] = true
		}
	}
}

// renew reads the issues with the ids. Those that the listing lacks are gone
// only where a second look, past the index, does not find them either.
func (r *round) renew(ctx context.Context, stale map[string]bool) error {
	ids := slices.Sorted(maps.Keys(stale))
	in := newReading(r.fields.asked(), r.report)
	in.view, in.total = r.view, len(ids)
	look := r.searchAgain
	if r.s.cloud {
		look = r.readBulk
	}
	if err := look(ctx, in, ids); err != nil {
		return err
	}
	out, err := r.unfit(ctx, in)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r.asked[id] = true
	}
	for _, iss := range in.issues {
		id := string(iss.ID)
		if out[id] {
			continue
		}
		if r.view.named[iss.Key] != id {
			r.found = append(r.found, id)
		}
		r.fresh[id] = *iss.made
	}
	return nil
}

// unfit gives those of the issues that the listing lacks with good reason. On
// Data Center, which was asked for fitting ones, there are none.
func (r *round) unfit(ctx context.Context, in *reading) (map[string]bool, error) {
	var lost []string
	out := map[string]bool{}
	for _, iss := range in.issues {
		if id := string(iss.ID); r.s.cloud && r.view.named[iss.Key] != id {
			lost = append(lost, id)
			out[id] = true
		}
	}
	fits, err := r.fit(ctx, lost)
	maps.DeleteFunc(out, func(id string, _ bool) bool { return fits[id] })
	return out, err
}

// all gives every issue in the order of the listing, as far as it is still there.
func (r *round) all() []converted {
	var out []converted
	for _, id := range slices.Concat(r.l.ids, r.found) {
		if k, read := r.fresh[id]; read {
			out = append(out, k)
		} else if !r.asked[id] {
			out = append(out, converted{known: r.known[id]})
		}
	}
	return out
}

// delta gives what has changed, as a pull would tell it.
func (r *round) delta(ctx context.Context) (work.Delta, error) {
	all := r.all()
	items := r.view.gather(all)
	if err := r.sortNative(ctx, r.s, r.l, items); err != nil {
		return work.Delta{}, err
	}
	if err := r.turn(ctx, items); err != nil {
		return work.Delta{}, err
	}
	if err := r.mark(r.s, items); err != nil {
		return work.Delta{}, err
	}
	d := work.Delta{Site: r.s.address, Findings: r.view.findings(), Kept: slices.Sorted(maps.Keys(r.kept))}
	for i, it := range finish(items) {
		d.Order = append(d.Order, work.SpotOf(it))
		if !items[i].kept {
			d.Items = append(d.Items, it)
		}
	}
	r.remember(r.s, all, r.projects(), r.last.Turn+r.turns())
	return d, nil
}
