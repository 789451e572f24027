package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
)

// csvHead names the columns that every CSV report has; one column of points for
// each criterion follows, and where people rate, one of scores for each and one
// for how far they are apart.
var csvHead = []string{
	"place", "was", "key", "title", "url", "source", "score", "value", "urgency", "effort_days",
	"tier", "due", "confidence", "held", "reason", "ref",
	"ready", "band_low", "band_high",
}

// writeCSV writes one line an item, for a spreadsheet.
func writeCSV(w io.Writer, d Document) error {
	c := csv.NewWriter(w)
	head := slices.Clone(csvHead)
	if len(d.Items) > 0 {
		for _, p := range d.Items[0].Parts { // all items have the same parts
			head = append(head, "points_"+p.Criterion)
		}
	}
	var people []Person
	if d.Stakeholders != nil {
		people = d.Stakeholders.People
		for _, who := range people {
			head = append(head, Clean("score_"+who.Name))
		}
		head = append(head, "disagreement")
	}
	if err := c.Write(head); err != nil {
		return err
	}
	for _, it := range d.Items {
		if err := c.Write(append(csvRow(it), csvVoices(it, people)...)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func csvRow(it Item) []string {
	row := []string{
		strconv.Itoa(it.Place), blankZero(it.Was), it.Key, it.Title, it.URL, it.Source,
		decimal(it.Score, 1), decimal(it.Value, 1), decimal(it.Urgency, 2), decimal(it.Effort, 1),
		it.Tier, it.Due, decimal(it.Confidence, 2), it.Held, it.why(), it.Ref.String(),
		yesNo(it.Ready), blankZero(it.BandLow), blankZero(it.BandHigh),
	}
	for i, cell := range row {
		row[i] = noFormula(Clean(cell))
	}
	for _, p := range it.Parts {
		row = append(row, decimal(p.Points, 2))
	}
	return row
}

// csvVoices gives the score of each person, and the disagreement where two or
// more rated; nothing where nobody rates.
func csvVoices(it Item, people []Person) []string {
	if people == nil {
		return nil
	}
	row := make([]string, 0, len(people)+1)
	for _, who := range people {
		cell := ""
		for _, v := range it.Voices {
			if v.Name == who.Name {
				cell = strconv.FormatFloat(v.Score, 'f', -1, 64)
			}
		}
		row = append(row, cell)
	}
	if len(it.Voices) < 2 {
		return append(row, "")
	}
	return append(row, decimal(it.Disagreement, 2))
}

// noFormula puts a quote before a cell that a spreadsheet would compute.
func noFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// yesNo gives "" for what was not judged.
func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

func blankZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func decimal(f float64, digits int) string { return strconv.FormatFloat(f, 'f', digits, 64) }
