// Package prioritize owns the order of a backlog: the criteria and their
// scales, the models that turn what is known about a piece of work into a
// score, the order by score, and how far that order can be trusted. It is pure:
// it reads groups of items and a time, and knows no source, no file, no clock
// and no log.
//
// Nothing is scaled by the other items of a backlog. A score depends on its own
// group, the policy and the time, so that an item that comes or goes moves no
// other score.
package prioritize

import (
	"time"

	"stackrank/internal/work"
)

// Engine ranks by one policy. It is safe for concurrent use.
type Engine struct {
	model   model
	formula formula
	name    string // of the model, as the policy has it
}

// New returns an engine for the policy. The error names every problem that
// Validate finds.
func New(s Settings) (*Engine, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	f, _ := formulaOf(s.Model)
	if f.weights && s.Value[nameDue] > 0 {
		f.dates, f.classes = true, true
	}
	return &Engine{model: f.build(s), formula: f, name: s.Model}, nil
}

// Ranking is a backlog in order, what blocks before what it blocks.
type Ranking struct {
	Ranked []Ranked // best first
	Waits  [][2]int // indexes in Ranked: the first goes before the second, by a link or as its part; sorted
	Knots  []Knot   // cycles of links
	Bound  float64  // no order has a lower Cost
}

// Ranked is one group in its place.
type Ranked struct {
	Place   int // from 1, without gaps
	Group   work.Group
	Score   Score   // its own, as if nothing waited for anything
	Delay   float64 // what a week of its delay costs in the order: Score.Delay, less for parents and sub-tasks
	Work    float64 // what it takes in the order: Score.Work, less for parents and sub-tasks
	Density float64 // what orders: Delay/Work of its block
	Total   float64 // Density on a fixed scale, 0…100, not rounded: what is shown and written
	Sigma   float64 // standard deviation of ln Density
	Band    int     // Score.Band, or that of something more urgent which waits for it
	Block   int     // groups with one number are done in one block; from 0 in order
	Loans   []Loan  // what those that wait for it lend it, by ref; it gives on what it lends in turn
	Lent    float64 // received less given, in units of Delay: Delay + Lent is Density·Work, but in a cycle
}

// Loan is value that a group which waits lends to one that it waits for. Within
// a block all groups are level by what they weigh, and have borrowed and lent,
// per day of work; lending moves value and makes none.
type Loan struct {
	From   work.Ref
	Amount float64 // in units of Delay, > 0
}

// Score is what the policy makes of one group at one time, and what it rests on.
type Score struct {
	Value      float64 // the sum of the points of Parts: in cd3u, per week of delay, 0…100; its scale is the model's
	Urgency    float64 // factor on the value by class of service and due date; 1 in models that do not multiply by it
	Effort     float64 // expected days of work, 0.5…60
	Delay      float64 // what a week of delay costs, ≥ 0: Value·Urgency, in taskwarrior Value+8
	Work       float64 // what Delay is divided by, > 0: Effort in cd3u and cd3, job size in wsjf, months in rice, 1 in additive models
	Ratio      float64 // Delay/Work, the figure that orders
	Band       int     // lexicographic tier, lower first: 0…3 in moscow, 0 in all other models
	Confidence float64 // 0…1, the share of what could be known about the item that is known
	Sigma      float64 // standard deviation of ln Ratio: how far it may be off for what is not known
	Parts      []Part  // what the model reads by name, then the criteria, heaviest first, equal weights by name; all scores of an engine alike

	EffortKnown bool           // false: Effort is what is expected where nobody estimated
	Points      float64        // story points as estimated; only with EffortKnown
	Class       work.ClassName // class of service that decided; Standard where the group lacks what its class needs, or the model reads none
	Due         time.Time      // earliest due date or end of a promise; zero: none, then Slack and Overdue are 0
	Slack       float64        // days until the latest sensible start; below zero when it has passed
	Overdue     float64        // days since the due date; 0 when it lies ahead
	Evidence    []Tally        // the signals with any evidence that a criterion of Parts reads, by name
	Unmet       []string       // what the policy requires and the group does not know
}

// Part is what one criterion contributes.
type Part struct {
	Criterion string
	Weight    float64  // share of all weights, 0…1
	Known     bool     // the group holds a figure; otherwise the share is expected, or zero for a count
	Figure    float64  // the figure as found: 0…1 of a priority, a sum of money, counts by their weight; undecayed
	Share     float64  // place on the criterion's fixed scale, 0…1
	Points    float64  // what it adds to the value: 100·Weight·Share of a criterion; may be below zero in rice, ice and taskwarrior
	From      work.Ref // the parent whose figure the share is expected from; zero: none
}

// Tally is what one signal has gathered over the members of a group.
type Tally struct {
	Signal  work.Signal
	Amount  float64 // all of it, as counted
	Recent  float64 // of which dated within the last 30 days
	Decayed float64 // with each piece halved every half-life of its criterion
}

// Score gives the score of one group, which must have a member.
func (e *Engine) Score(g work.Group, now time.Time) Score { return e.model.score(g, now) }
