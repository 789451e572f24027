// Package cycle owns one round over one backlog: the order of the steps from
// pulling the sources to the results of the writes. It knows no flag, no output
// format and no kind of tracker.
package cycle

import (
	"context"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"stackrank/connectors"
	"stackrank/internal/evidence"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Inputs is what a round needs beside its sources.
type Inputs struct {
	Backlog  string
	Policy   prioritize.Settings // valid
	Rules    plan.Rules          // valid
	Now      time.Time           // the moment of the round; it ranks for the day of that moment in its zone
	Force    plan.Force          // brakes that a person has let go
	Evidence []evidence.File     // what people's files say, in the order of the policy
	Saved    *plan.Saved         // an approved plan to carry out instead of one made now; nil: none
	Log      *zap.Logger         // names the backlog; nil: none
	Memory   Memory              // what outlives the round; nil: a sync knows no history and keeps no journal
	Who      string              // who runs it, as people should read it
	Query    string              // digest of the sources and of what they select
	Reading  map[string]Reading  // by source: how it is read where there is a memory; missing: whole, always

	Skew func() map[string]time.Duration // by source, once it was read: how far the clock of its service is ahead of ours; nil: nobody knows

	Gone func(who string) bool // reports whether somebody who ran a round has died for certain; nil: nobody knows

	Pulled  func(source string, items int) // after each source is read, from any goroutine; nil: nobody asks
	Written func(done, total int)          // after each write, from one goroutine at a time; nil: nobody asks

	holds bool // the round holds its backlog, and may write to the memory
}

// Source is one source as the round found it.
type Source struct {
	Name     string
	Site     string // the address of its service
	Caps     work.Caps
	Snapshot work.Snapshot // each ref once

	whole time.Time // when it was last read whole; zero: in this round
}

// Round is everything that a report needs to know about one round.
type Round struct {
	Backlog      string
	At           time.Time // whose day, in its zone, the ranking was made for
	Policy       prioritize.Settings
	PolicyDigest string // of Policy and of where it is written to
	Rules        plan.Rules
	Sources      []Source // in the order of the configuration
	Ranking      prioritize.Ranking
	Assumed      []string      // what the model took for granted, in sentences
	Placed       []plan.Placed // the backlog in the order that is wanted
	Carried      float64       // share of neighbours whose order is certain enough, 0…1
	Carries      bool          // enough of them to write the trackers' own order
	Plan         plan.Plan
	Drift        []plan.Skip    // what of a saved plan does not hold any more; part of Plan.Skipped
	Brakes       []plan.Refusal // what holds the plan; nothing is written while there are any
	Results      []work.Result  // one for each item of each write; nil: nothing was tried
	Run          string         // the id under which the memory holds the run; empty: it holds none
	Findings     []work.Finding // of all sources, of evidence and formulas, then of the plan

	later    map[work.Ref][]work.Event // evidence that came after its item was made
	given    plan.Input                // what the plan was made from
	arranged plan.Arrangement
}

// Failed counts the results of items that could not be written.
func (r *Round) Failed() int {
	n := 0
	for _, res := range r.Results {
		if res.Err != nil {
			n++
		}
	}
	return n
}

// Partial reports whether something that is wanted was not written.
func (r *Round) Partial() bool { return r.Failed() > 0 || len(r.Plan.Skipped) > 0 }

// Preview reads and plans. It can write nothing: it holds readers.
func Preview(ctx context.Context, in Inputs, sources []connectors.Reader) (Round, error) {
	r, err := survey(ctx, in, sources)
	if err != nil {
		return r, err
	}
	return r, r.decide(ctx, in)
}

// survey reads the sources, ranks what they hold, and loads what is remembered.
func survey(ctx context.Context, in Inputs, sources []connectors.Reader) (Round, error) {
	in.Policy.Ours = in.Rules.LabelPrefix
	r := Round{
		Backlog: in.Backlog, At: in.Now, Policy: in.Policy,
		PolicyDigest: digestOf(in.Policy, in.Rules), Rules: in.Rules,
	}
	engine, err := prioritize.New(in.Policy)
	if err != nil {
		return r, err
	}
	if r.Sources, err = pull(ctx, in, sources); err != nil {
		return r, err
	}
	if r.later, err = r.grown(ctx, in); err != nil {
		return r, err
	}
	if err := r.rank(ctx, engine, in); err != nil {
		return r, err
	}
	past, err := r.past(ctx, in)
	if err != nil {
		return r, err
	}
	r.given = r.giving(in, past)
	return r, nil
}

// Sync is Preview, then apply. A plan that a brake holds is not written; the
// error is then of the kind plan.ErrRefused. Whatever was written is in the
// results, also when a later write failed.
func Sync(ctx context.Context, in Inputs, sources []connectors.Connector) (Round, error) {
	if in.Memory != nil {
		return remembered(ctx, in, sources)
	}
	r, err := Preview(ctx, in, readers(sources))
	if err != nil {
		return r, err
	}
	if err := plan.Refuse(r.Brakes); err != nil {
		return r, err
	}
	r.Results, err = r.Plan.Apply(ctx, r.writers(in, sources), plan.NoJournal{})
	return r, err
}

// rank enriches the items, joins them and orders them, as they stand at the end of the round's
// day. Evidence ages and dates come nearer all the time, and among a thousand
// items some pair is always about to change places: were time taken finer than
// a day, every round would find something to write.
func (r *Round) rank(ctx context.Context, engine *prioritize.Engine, in Inputs) error {
	var items []work.Item
	for _, s := range r.Sources {
		items = append(items, s.Snapshot.Items...)
		r.Findings = append(r.Findings, s.Snapshot.Findings...)
	}
	r.date(items)
	type ordered struct {
		ranking prioritize.Ranking
		found   []work.Finding
		err     error
	}
	at, moment := r.At, r.Moment()
	got, err := Within(ctx, func() ordered {
		found, err := enrich(items, in, at)
		if err != nil {
			return ordered{err: err}
		}
		return ordered{ranking: engine.Rank(work.Join(items), moment), found: found}
	})
	if err != nil {
		return err
	}
	if got.err != nil {
		return got.err
	}
	r.Ranking, r.Findings = got.ranking, append(r.Findings, got.found...)
	r.Assumed = engine.Assumptions(r.Ranking)
	r.Carried, r.Carries = r.Ranking.Carries(r.Policy.Hysteresis)
	return nil
}

// decide places the groups, plans, and asks the brakes.
func (r *Round) decide(ctx context.Context, in Inputs) error {
	given := r.given
	a, err := Within(ctx, func() plan.Arrangement { return plan.Arrange(given) })
	if err != nil {
		return err
	}
	r.arranged, r.Placed = a, a.Placed
	r.Findings = append(r.Findings, a.Findings()...)
	force := in.Force
	if in.Saved == nil {
		if r.Plan, err = Within(ctx, a.Plan); err != nil {
			return err
		}
	} else {
		if r.Plan, r.Drift, err = plan.Rebase(*in.Saved, r.given, r.PolicyDigest, r.At); err != nil {
			return err
		}
		force = plan.Approved() // who saved the plan has read it
	}
	r.Brakes = plan.Brakes(r.given, r.Plan, force)
	return nil
}

// giving is what a plan of the round is made from.
func (r *Round) giving(in Inputs, past *plan.Past) plan.Input {
	out := plan.Input{
		Ranking: r.Ranking, Caps: map[string]work.Caps{}, Rules: r.Rules, Carries: r.Carries, Hysteresis: r.Policy.Hysteresis,
		Past: past, Now: r.At, Sites: r.sites(), Policy: r.PolicyDigest, Query: in.Query, Skew: in.skew(),
	}
	for _, s := range r.Sources {
		out.Caps[s.Name] = s.Caps
	}
	for _, name := range slices.Sorted(maps.Keys(r.Policy.Signals)) {
		out.Formulas = append(out.Formulas, work.Signal(name))
	}
	return out
}
