// Package report owns the document of a round: the versioned JSON that other
// programs read, and the formats that people read. Every renderer takes a
// Document and nothing else, so that no format can say what another cannot.
package report

import (
	"strings"
	"time"

	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// Version is the version of the JSON document. Within a version keys are only
// added, never renamed.
const Version = 1

// Document is everything that a round found out and wants to do.
type Document struct {
	Version     int         `json:"version"`
	At          time.Time   `json:"at"`       // the moment that the ranking stands for, UTC
	Timezone    string      `json:"timezone"` // IANA name of the zone in which days end
	Backlog     string      `json:"backlog"`
	Policy      Policy      `json:"policy"`
	Sources     []Source    `json:"sources"`
	Items       []Item      `json:"items"` // in their places
	Basis       []Basis     `json:"basis"`
	Carried     float64     `json:"carried"`           // share of the neighbours whose order is sure enough, 0…1
	Carries     bool        `json:"carries"`           // enough of them for the evidence to carry an order
	Alike       int         `json:"alike"`             // neighbours in the order by score that print the same score
	Level       int         `json:"level"`             // of these those with exactly the same: nothing tells them apart
	Assumed     []string    `json:"assumed,omitempty"` // what the model took for granted, in sentences
	Certificate Certificate `json:"certificate"`
	Findings    []Finding   `json:"findings"`
	Brakes      []Brake     `json:"brakes"`
	Plan        plan.Plan   `json:"plan"`
	Written     *Written    `json:"written,omitempty"` // after a sync only

	Stakeholders *Stakeholders `json:"stakeholders,omitempty"` // where the policy names any
	Next         *Next         `json:"next,omitempty"`         // what to ask, decide, close or make ready; no part of a score
	Bands        *Bands        `json:"bands,omitempty"`        // how sure the first places are
}

// Policy names what the order was made by.
type Policy struct {
	Model      string  `json:"model"`
	Digest     string  `json:"digest"`
	Hysteresis float64 `json:"hysteresis"`
}

// Source is one tracker that took part.
type Source struct {
	Name     string `json:"name"`
	Site     string `json:"site"`
	Items    int    `json:"items"`
	Order    bool   `json:"order"`              // the policy lets its own order be written
	Requests int    `json:"requests,omitempty"` // sent in this round; 0 where they are not counted
}

// Item is one piece of work at its place.
type Item struct {
	Place      int        `json:"place"`
	Was        int        `json:"was"` // the place it would have by the trackers' own order among its lane's places; 0: not known
	Ref        work.Ref   `json:"ref"`
	Key        string     `json:"key"`
	Title      string     `json:"title"` // as the tracker has it; renderers neutralise it
	URL        string     `json:"url"`
	Source     string     `json:"source"`
	Lane       string     `json:"lane,omitempty"`
	Score      float64    `json:"score"`   // 0…100, one decimal
	Value      float64    `json:"value"`   // 0…100: the points of the parts add up to it
	Urgency    float64    `json:"urgency"` // factor, 1 without a date
	Effort     float64    `json:"effort"`  // days
	Tier       string     `json:"tier"`
	Parts      []Part     `json:"parts"`
	Reasons    []string   `json:"reasons"`
	Lent       float64    `json:"lent"`       // value that items which wait for it lend it, less what it lends on; points per week
	BlockedBy  []work.Ref `json:"blocked_by"` // open work that goes first by the trackers' links
	Confidence float64    `json:"confidence"` // 0…1
	Pinned     bool       `json:"pinned"`
	Held       string     `json:"held"` // why it is not moved: "active", "sprint", …; "" when it may be
	thin       bool       // the evidence is too thin to move it; not printed
	Also       []work.Ref `json:"also"`            // its mirrors
	Due        string     `json:"due,omitempty"`   // the day, ISO, in the zone of the backlog: the due date or the end of a promise, whichever is earlier
	Class      string     `json:"class,omitempty"` // class of service that decided; none: standard

	Voices       []Voice `json:"voices,omitempty"`       // what stakeholders said of it, the highest first
	Disagreement float64 `json:"disagreement,omitempty"` // how far they are apart, 0…½; above 0.25 they should talk

	BandLow  int   `json:"band_low,omitempty"`  // its place by score lies here or below with 95 %
	BandHigh int   `json:"band_high,omitempty"` // and here or above with 95 %
	Ready    *bool `json:"ready,omitempty"`     // ready to be begun; told of the first places alone, see next.near
}

// why gives the reasons as one text.
func (it Item) why() string { return strings.Join(it.Reasons, " ") }

// Part is what one criterion contributes to a value.
type Part struct {
	Criterion string   `json:"criterion"`
	Known     bool     `json:"known"`
	Share     float64  `json:"share"`         // 0…1 on the criterion's own scale
	Points    float64  `json:"points"`        // of 100
	From      work.Ref `json:"from,omitzero"` // the parent whose figure stands in for one of its own
}

// Basis says how much a criterion can tell.
type Basis struct {
	Criterion string  `json:"criterion"`
	Known     float64 `json:"known"`               // share of the items, 0…1
	Inherited float64 `json:"inherited,omitempty"` // share of those without for which a parent's figure stands, 0…1 of all
	Zero      float64 `json:"zero,omitempty"`      // share of the items whose figure is zero, 0…1
	Faded     float64 `json:"faded,omitempty"`     // share of the items whose evidence is so old that nothing of it is left, 0…1
	Distinct  int     `json:"distinct"`            // different values among them
}

// Certificate compares the order with the best possible one. The unit is the
// cost of delay of the best order found, by score under the links; all are 0
// where nothing has value.
type Certificate struct {
	Cost       float64 `json:"cost"`
	LowerBound float64 `json:"lower_bound"` // no order that heeds the links costs less; 1 where nothing is linked
	Gap        float64 `json:"gap"`         // cost / lower bound − 1
}

// Finding is one oddity that nobody should miss.
type Finding struct {
	Ref     work.Ref `json:"ref"`
	Source  string   `json:"source,omitempty"`
	Code    string   `json:"code"`
	Level   string   `json:"level"`
	Message string   `json:"message"`
	Fix     string   `json:"fix,omitempty"`
}

// Brake is a reason for which a sync would refuse.
type Brake struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Written says what a sync did.
type Written struct {
	Done   int      `json:"done"`   // moved and edited together
	Moved  int      `json:"moved"`  // items that were moved
	Edited int      `json:"edited"` // items whose fields or labels were written
	Failed []Failed `json:"failed"` // items that could not be written
}

// Failed is one item that could not be written.
type Failed struct {
	Ref   work.Ref `json:"ref"`
	Error string   `json:"error"`
}
