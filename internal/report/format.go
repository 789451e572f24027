package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// Format names a way to write a document.
type Format string

// The formats.
const (
	Text     Format = "text"
	Markdown Format = "markdown"
	JSON     Format = "json"
	CSV      Format = "csv"
)

// Formats lists the formats for help and messages.
var formats = []Format{Text, Markdown, JSON, CSV}

// ParseFormat reads the name of a format.
func ParseFormat(s string) (Format, error) {
	if f := Format(s); slices.Contains(formats, f) {
		return f, nil
	}
	return "", fmt.Errorf("format %q: want %s", s, FormatNames())
}

// FormatNames lists the formats for help: "text, markdown, json, csv".
func FormatNames() string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// Style says how a report for people looks.
type Style struct {
	Top   int  // items in the table; 0: 20 in the text, all elsewhere
	Width int  // cells of a line of text; 0: 80
	Color bool // text only
}

// Write renders the document. JSON is one document on one line, so that several
// backlogs are several lines.
func (d Document) Write(w io.Writer, f Format, s Style) error {
	switch f {
	case Text:
		return writeText(w, d, s)
	case Markdown:
		return writeMarkdown(w, d, s)
	case JSON:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(d.Cut(s.Top))
	case CSV:
		return writeCSV(w, d.Cut(s.Top))
	}
	return fmt.Errorf("format %q: want %s", f, FormatNames())
}

// Cut keeps the first n items; 0 keeps all.
func (d Document) Cut(n int) Document {
	if n > 0 && n < len(d.Items) {
		d.Items = d.Items[:n]
	}
	return d
}

// redacted reports whether Redact has taken the figures of an item: an effort
// is never zero otherwise.
func (it Item) redacted() bool { return it.Effort == 0 }

// Redact keeps keys and places, and what follows from places alone; what people
// wrote goes, and so do all figures. The plan in it cannot be carried out.
func (d Document) Redact() Document {
	items := make([]Item, len(d.Items))
	for i, it := range d.Items {
		items[i] = Item{
			Place: it.Place, Was: it.Was, Ref: it.Ref, Key: it.Key, Source: it.Source, Tier: it.Tier,
			Pinned: it.Pinned, Held: it.Held, Also: it.Also, BlockedBy: it.BlockedBy, Parts: []Part{}, Reasons: []string{},
			BandLow: it.BandLow, BandHigh: it.BandHigh,
		}
	}
	d.Items, d.Stakeholders, d.Next = items, nil, d.Next.redacted()
	d.Plan.Changes = slices.Clone(d.Plan.Changes)
	for i := range d.Plan.Changes {
		d.Plan.Changes[i].Title, d.Plan.Changes[i].Edits = "", []work.Edit{}
	}
	d.Findings = slices.Clone(d.Findings)
	for i := range d.Findings {
		d.Findings[i].Message, d.Findings[i].Fix = "", ""
	}
	return d
}
