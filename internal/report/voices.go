package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stackrank/internal/cycle"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Stakeholders says what the people who rate items think, each by himself and
// all together.
type Stakeholders struct {
	People    []Person   `json:"people"`    // in the order of the policy
	Rated     int        `json:"rated"`     // items that somebody rated
	Talk      []Dispute  `json:"talk"`      // items on which they are far apart, the farthest first
	Agreement *Agreement `json:"agreement"` // null where fewer than two people rated three items in common
}

// Person is one stakeholder.
type Person struct {
	Name     string      `json:"name"`
	Signal   work.Signal `json:"signal"`
	Weight   float64     `json:"weight"`
	Rated    int         `json:"rated"`           // items that the person rated
	Distinct int         `json:"distinct"`        // different scores among them
	Scaled   bool        `json:"scaled"`          // scores are held against the person's own quantiles, not against 0…10
	Over     bool        `json:"over,omitempty"`  // scores above 10 without quantiles: these count alike
	Pairs    int         `json:"pairs"`           // pairs of items that the person tells apart
	Same     float64     `json:"same"`            // share of them that stand in the order as the person has them, 0…1
	Order    []work.Ref  `json:"order,omitempty"` // what the person rated, best first
}

// Dispute is an item on which the people who rated it are far apart.
type Dispute struct {
	Ref          work.Ref `json:"ref"`
	Disagreement float64  `json:"disagreement"` // mean distance of the percentiles from their median, 0…½
	Voices       []Voice  `json:"voices"`       // the highest first
}

// Voice is what one person said of an item.
type Voice struct {
	Name  string  `json:"name"`
	Score float64 `json:"score"` // as given
	Share float64 `json:"share"` // percentile among the person's own scores, 0…1
}

// Agreement says whether the people put the items in one order: Kendall's W.
type Agreement struct {
	People int     `json:"people"`
	Items  int     `json:"items"` // that all of these people rated
	W      float64 `json:"w"`     // 0 (none) to 1 (one order)
	Chi2   float64 `json:"chi2"`
	P      float64 `json:"p"` // probability of so much by chance
}

// hear puts the voices of a round into the document.
func (d *Document) hear(r cycle.Round) {
	if len(r.Policy.Stakeholders) == 0 {
		return
	}
	v := prioritize.Hear(r.Policy, r.Ranking)
	s := &Stakeholders{People: make([]Person, len(v.People)), Rated: len(v.Rated), Talk: []Dispute{}}
	for i, p := range v.People {
		s.People[i] = Person{
			Name: p.Name, Signal: p.Signal, Weight: p.Weight, Rated: len(p.Order), Distinct: p.Distinct,
			Scaled: p.Scaled, Over: !p.Scaled && p.Greatest > 10, Pairs: p.Pairs, Same: round(p.Same, 4), Order: p.Order,
		}
	}
	for _, o := range v.Rated {
		if o.Disagreement > prioritize.FarApart {
			s.Talk = append(s.Talk, dispute(v, o))
		}
	}
	slices.SortStableFunc(s.Talk, func(a, b Dispute) int { return compareDown(a.Disagreement, b.Disagreement) })
	if c := v.Concord; c.People > 0 {
		s.Agreement = &Agreement{People: c.People, Items: c.Items, W: round(c.W, 4), Chi2: round(c.Chi2, 2), P: round(c.P, 6)}
	}
	d.Stakeholders = s
	d.hand(v)
}

// hand gives each item what was said of it.
func (d *Document) hand(v prioritize.Voices) {
	said := make(map[work.Ref]prioritize.Opinions, len(v.Rated))
	for _, o := range v.Rated {
		said[o.Ref] = o
	}
	for i := range d.Items {
		if o, ok := said[d.Items[i].Ref]; ok {
			spoken := dispute(v, o)
			d.Items[i].Voices, d.Items[i].Disagreement = spoken.Voices, spoken.Disagreement
		}
	}
}

func dispute(v prioritize.Voices, o prioritize.Opinions) Dispute {
	out := Dispute{Ref: o.Ref, Disagreement: round(o.Disagreement, 4)}
	for _, said := range o.Said {
		out.Voices = append(out.Voices, Voice{Name: v.People[said.Person].Name, Score: said.Score, Share: round(said.Share, 4)})
	}
	return out
}

// compareDown orders the greater first.
func compareDown(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// verdict says in a sentence how far the people agree.
func (s *Stakeholders) verdict() string {
	a := s.Agreement
	if a == nil {
		return "Too few items have scores of the same people to compare their orders."
	}
	const chance = 0.05 // the usual level of a test
	how := "agree closely"
	switch {
	case a.P >= chance:
		how = "agree no more than by chance"
	case a.W < 0.4:
		how = "agree a little"
	case a.W < 0.7:
		how = "agree for the most part"
	}
	return fmt.Sprintf("Over the %s that all rated, the %d people %s (Kendall's W %.2f, %s).", plural(a.Items, "item"), a.People, how, a.W, probability(a.P))
}

// probability words the result of a test.
func probability(p float64) string {
	if p < 0.001 {
		return "p below 0.001"
	}
	return fmt.Sprintf("p %.3f", p)
}

// peopleHead names the cells of a person.
var peopleHead = []string{"person", "weight", "rated", "scores", "as ordered"}

// cells gives what a person contributes: name, weight, items rated, different
// scores, and the share of the pairs that stand as the person has them.
func (p Person) cells() []string {
	same := ""
	if p.Pairs > 0 {
		same = percent(p.Same)
	}
	return []string{
		Clean(p.Name), strconv.FormatFloat(p.Weight, 'f', -1, 64), work.Thousands(float64(p.Rated)), work.Thousands(float64(p.Distinct)), same,
	}
}

// notes says what a person should know of the scores that were given.
func (s *Stakeholders) notes() []string {
	out := []string{s.verdict()}
	for _, who := range s.People {
		switch {
		case who.Over:
			out = append(out, Clean(who.Name)+" gives scores above 10, which count alike until calibrate --write has learned the scale.")
		case who.Rated == 0:
			out = append(out, Clean(who.Name)+" has rated nothing.")
		case who.Distinct == 1 && who.Rated > 1:
			out = append(out, Clean(who.Name)+" tells nothing apart.")
		}
	}
	return out
}

// apart lists who said what, the highest first: "Anna 9, Cem 8, Ben 1".
func (t Dispute) apart() string {
	said := make([]string, len(t.Voices))
	for i, v := range t.Voices {
		said[i] = Clean(v.Name) + " " + strconv.FormatFloat(round(v.Score, 2), 'f', -1, 64)
	}
	const most = 5
	if len(said) > most {
		said = append(append(said[:2:2], "…"), said[len(said)-2:]...)
	}
	return strings.Join(said, ", ")
}

// voices prints what the stakeholders think.
func (p *printer) voices(d Document) {
	s := d.Stakeholders
	if s == nil {
		return
	}
	p.title("STAKEHOLDERS", fmt.Sprintf("%s of %s rated", work.Thousands(float64(s.Rated)), plural(len(d.Items), "item")))
	rows := [][]string{peopleHead}
	for _, who := range s.People {
		rows = append(rows, who.cells())
	}
	for _, l := range aligned(rows) {
		p.line("  %s", l)
	}
	for _, note := range s.notes() {
		p.paragraph("  ", note)
	}
	const most = 10
	items := d.byRef()
	for i, t := range s.Talk[:min(most, len(s.Talk))] {
		if i == 0 {
			p.line("  Far apart, talk about these:")
		}
		it := items[t.Ref]
		p.line("    %s  %s  %s", Clean(it.Key), t.apart(), titleOf(it))
	}
	if more := len(s.Talk) - most; more > 0 {
		p.line("    … and %s more; --format json has them all.", plural(more, "item"))
	}
}

// aligned pads the cells of rows to columns: the first to the left, the others to
// the right.
func aligned(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	out := make([]string, len(rows))
	for k, row := range rows {
		cells := []string{pad(row[0], widths[0])}
		for i, cell := range row[1:] {
			cells = append(cells, padLeft(cell, widths[i+1]))
		}
		out[k] = strings.Join(cells, "  ")
	}
	return out
}

// byRef gives the items by their refs.
func (d Document) byRef() map[work.Ref]Item {
	out := make(map[work.Ref]Item, len(d.Items))
	for _, it := range d.Items {
		out[it.Ref] = it
	}
	return out
}

func markdownVoices(b *strings.Builder, d Document) {
	s := d.Stakeholders
	if s == nil {
		return
	}
	b.WriteString("## Stakeholders\n\n| " + strings.Join(peopleHead, " | ") + " |\n|---|--:|--:|--:|--:|\n")
	for _, who := range s.People {
		cells := who.cells()
		cells[0] = escape(who.Name)
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	b.WriteString("\n")
	for _, note := range s.notes() {
		b.WriteString(escape(note) + "\n\n")
	}
	if len(s.Talk) == 0 {
		return
	}
	b.WriteString("Far apart, talk about these:\n\n| key | who | title |\n|---|---|---|\n")
	items := d.byRef()
	for _, t := range s.Talk {
		it := items[t.Ref]
		fmt.Fprintf(b, "| %s | %s | %s |\n", escape(it.Key), escape(t.apart()), escape(it.Title))
	}
	b.WriteString("\n")
}
