package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"stackrank/internal/cycle"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Calibration is the document of a calibration: what a pull says of the anchors
// of a policy, beside what holds.
type Calibration struct {
	Version  int       `json:"version"`
	At       time.Time `json:"at"` // UTC
	Timezone string    `json:"timezone"`
	Backlog  string    `json:"backlog"`
	Model    string    `json:"model"`
	Items    int       `json:"items"`   // pieces of work that were looked at
	Digest   string    `json:"digest"`  // of the policy that holds
	Becomes  string    `json:"becomes"` // of the policy with what was found
	Anchors  []Anchor  `json:"anchors"` // criteria, the heaviest first, then people, then effort
	Written  bool      `json:"written"` // the configuration holds what was found
	Moves    int       `json:"moves"`   // pieces of work that stand elsewhere in the order by score with what was found
	Farthest *Leap     `json:"farthest,omitempty"`
}

// Leap is the piece of work that goes farthest, the highest of several.
type Leap struct {
	Ref  work.Ref `json:"ref"`
	Key  string   `json:"key"`
	From int      `json:"from"` // place in the order by score
	To   int      `json:"to"`
}

// Anchor is one field of one anchor.
type Anchor struct {
	Name    string  `json:"anchor"`
	Field   string  `json:"field"`
	Now     Figures `json:"now"`      // null: a tenth of a score is its share
	BuiltIn bool    `json:"built_in"` // the configuration says nothing of it
	Found   Figures `json:"found"`    // null: too few figures, it stays as it is
	Figures int     `json:"figures"`  // on which it rests
}

// Figures are one number, several, or none; in JSON a number, a list or null.
type Figures []float64

// MarshalJSON writes a single number without a list around it.
func (f Figures) MarshalJSON() ([]byte, error) {
	if len(f) == 1 {
		return json.Marshal(f[0])
	}
	return json.Marshal([]float64(f))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Figures) UnmarshalJSON(b []byte) error {
	var x float64
	if len(b) > 0 && b[0] != '[' && b[0] != 'n' {
		err := json.Unmarshal(b, &x)
		*f = Figures{x}
		return err
	}
	return json.Unmarshal(b, (*[]float64)(f))
}

// String gives one number, or of several the least, the middle and the greatest.
func (f Figures) String() string {
	switch n := len(f); n {
	case 0:
		return "–"
	case 1:
		return number3(f[0])
	default:
		return number3(f[0]) + " … " + number3(f[n/2]) + " … " + number3(f[n-1])
	}
}

func number3(x float64) string {
	if x >= 10000 {
		return work.Thousands(x)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// NewCalibration measures the anchors on what a round has read, and says what they
// would do to its order.
func NewCalibration(r cycle.Round) (Calibration, []prioritize.Measure, error) {
	measured := prioritize.Calibrate(r.Policy, r.Groups())
	policy := prioritize.Calibrated(r.Policy, measured)
	next, err := r.Reranked(policy)
	c := Calibration{
		Version: Version, At: r.At.UTC(), Timezone: zoneOf(r.At), Backlog: r.Backlog, Model: r.Policy.Model, Items: len(r.Ranking.Ranked),
		Digest: r.PolicyDigest, Becomes: r.DigestOf(policy), Anchors: make([]Anchor, len(measured)),
	}
	for i, m := range measured {
		c.Anchors[i] = Anchor{Name: m.Anchor, Field: m.Field, Now: m.Present, BuiltIn: m.BuiltIn, Found: m.Found, Figures: m.Figures}
	}
	c.compare(r.Ranking, next)
	return c, measured, err
}

// compare counts who stands elsewhere in the next order.
func (c *Calibration) compare(present, next prioritize.Ranking) {
	place := make(map[work.Ref]int, len(next.Ranked))
	for i := range next.Ranked {
		place[next.Ranked[i].Group.Ref()] = next.Ranked[i].Place
	}
	farthest := 0
	for i := range present.Ranked {
		ranked := &present.Ranked[i]
		to := place[ranked.Group.Ref()]
		far := max(to-ranked.Place, ranked.Place-to)
		if far > 0 {
			c.Moves++
		}
		if far > farthest {
			farthest = far
			c.Farthest = &Leap{Ref: ranked.Group.Ref(), Key: ranked.Group.Items[0].Key, From: ranked.Place, To: to}
		}
	}
}

// meanings say what a field of an anchor does.
var meanings = []struct{ field, text string }{
	{prioritize.FieldHalf, "half: the median of what is not zero. A count of so much gets half of the credit, three times as much three quarters; of money twenty times as much gets all of it."},
	{prioritize.FieldMean, "mean: the share, 0 to 1, that is expected of an item which nobody judged; for effort its days of work."},
	{prioritize.FieldSD, "sd: by how much these differ; so far an expectation may be off, and so far it moves with what is known. For effort it is on the log scale."},
	{prioritize.FieldQuantiles, "quantiles: a person's scores at 0, 5, … 100 %, here the least, the middle and the greatest. A score counts by its place among them, whether the person rates high or low; until there are any, by a tenth."},
}

// Write renders the calibration as text or as JSON on one line.
func (c Calibration) Write(w io.Writer, f Format, s Style) error {
	switch f {
	case JSON:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(c)
	case Text:
		_, err := io.WriteString(w, c.text(s))
		return err
	}
	return fmt.Errorf("format %q: want text or json", f)
}

// text prints the anchors as a table, then what they do.
//
//	payments  1,961 items · model cd3u · 2026-11-24 09:00 UTC
//
//	ANCHORS
//	  anchor       now    found  figures
//	  demand.half    3 *    2.5      148
func (c Calibration) text(s Style) string {
	p := &printer{width: max(s.Width, defaultWidth), color: s.Color}
	when := Document{At: c.At, Timezone: c.Timezone}.when()
	p.b.WriteString(p.bold(c.Backlog) + fmt.Sprintf("  %s · model %s · %s\n", plural(c.Items, "item"), c.Model, when))
	p.title("ANCHORS", "")
	rows := [][]string{{"anchor", "now  ", "found", "figures"}}
	few := false
	for _, a := range c.Anchors {
		now := a.Now.String()
		if a.BuiltIn {
			now += " *"
		} else {
			now += "  "
		}
		rows = append(rows, []string{Clean(a.Name) + "." + a.Field, now, a.Found.String(), work.Thousands(float64(a.Figures))})
		few = few || a.Found == nil
	}
	for _, l := range aligned(rows) {
		p.line("  %s", l)
	}
	p.line("  * built in")
	if few {
		p.paragraph("  ", fmt.Sprintf("– fewer than %d figures: it stays as it is.", prioritize.LeastFigures))
	}
	p.title("WHAT THEY DO", "")
	for _, m := range meanings {
		if slices.ContainsFunc(c.Anchors, func(a Anchor) bool { return a.Field == m.field }) {
			p.paragraph("  ", m.text)
		}
	}
	p.title("WHAT THEY CHANGE", "")
	p.paragraph("  ", c.effect())
	p.paragraph("  ", c.outcome())
	return p.b.String()
}

// effect says what becomes of the order.
func (c Calibration) effect() string {
	if c.Farthest == nil {
		return "The order stays as it is."
	}
	f := c.Farthest
	return fmt.Sprintf("%s of %s stand elsewhere in the order by score; %s goes farthest, from %s to %s.", work.Thousands(float64(c.Moves)),
		plural(c.Items, "item"), Clean(f.Key), work.Thousands(float64(f.From)), work.Thousands(float64(f.To)))
}

// outcome says what has become of what was found.
func (c Calibration) outcome() string {
	switch {
	case c.Digest == c.Becomes && c.Written:
		return "The configuration holds this already."
	case c.Digest == c.Becomes:
		return "There is nothing to write."
	case c.Written:
		return "Written to policy.anchors. Scores change once; from then on no item that comes or goes moves them."
	}
	return "Nothing is written. --write puts what was found into policy.anchors; scores then change once."
}
