package report

import (
	"fmt"
	"io"
	"strings"
)

// markup are the characters that Markdown or HTML would read as more than text.
var markup = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`,
	"#", `\#`, "~", `\~`, "!", `\!`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
)

// escape makes a text from a tracker plain Markdown on one line.
func escape(s string) string { return markup.Replace(Clean(s)) }

// writeMarkdown writes the report as a page for a wiki, a pull request or a mail.
func writeMarkdown(w io.Writer, d Document, s Style) error {
	var b strings.Builder
	names := make([]string, len(d.Sources))
	for i, s := range d.Sources {
		names[i] = s.Name
	}
	fmt.Fprintf(&b, "# %s\n\n", escape(d.Backlog))
	fmt.Fprintf(&b, "%s of %s, model `%s`, %s.\n\n", plural(len(d.Items), "item"), escape(listed(names)),
		d.Policy.Model, d.when())
	markdownBasis(&b, d)
	markdownPlan(&b, d)
	markdownOrder(&b, d.Cut(s.Top))
	markdownNext(&b, d)
	markdownVoices(&b, d)
	markdownFindings(&b, d)
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownBasis(b *strings.Builder, d Document) {
	b.WriteString("## What the order rests on\n\n| criterion | known | what it tells |\n|---|--:|---|\n")
	for _, c := range d.Basis {
		fmt.Fprintf(b, "| %s | %s | %s |\n", escape(c.Criterion), percent(c.Known), c.note())
	}
	b.WriteString("\n")
	for _, remark := range d.remarks() {
		b.WriteString(remark + "\n\n")
	}
}

func markdownPlan(b *strings.Builder, d Document) {
	b.WriteString("## What a sync would write\n\n" + totalsOf(d.Plan.Counts) + ".\n\n")
	if why := d.unordered(); why != "" && why != noOrder {
		b.WriteString(Say(why) + "\n\n")
	}
	for _, a := range asks(d) {
		fmt.Fprintf(b, "- %s\n", escape(a))
	}
	if len(asks(d)) > 0 {
		b.WriteString("\n")
	}
}

func markdownOrder(b *strings.Builder, d Document) {
	b.WriteString("## Order\n\n")
	used, rows := cells(d.Items, true)
	for _, c := range used {
		b.WriteString("| " + c.head + " ")
	}
	b.WriteString("| title | why |\n")
	for _, c := range used {
		if c.right {
			b.WriteString("|--:")
		} else {
			b.WriteString("|---")
		}
	}
	b.WriteString("|---|---|\n")
	for i, it := range d.Items {
		for j, c := range used {
			cell := escape(rows[i][j])
			if c.head == "key" && safeLink(it.URL) {
				cell = "[" + cell + "](<" + it.URL + ">)"
			}
			b.WriteString("| " + cell + " ")
		}
		fmt.Fprintf(b, "| %s | %s |\n", escape(it.Title), escape(it.why()))
	}
	b.WriteString("\n")
}

// safeLink reports whether an address can stand in a link as it is.
func safeLink(u string) bool {
	return (strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://")) && !strings.ContainsAny(u, "<>|\\ \t\r\n\x1b")
}

func markdownFindings(b *strings.Builder, d Document) {
	if len(d.Findings) == 0 {
		return
	}
	b.WriteString("## Findings\n\n| what | where | message |\n|---|---|---|\n")
	for _, f := range d.Findings {
		where := strings.TrimSuffix(label(d, f), ": ")
		fmt.Fprintf(b, "| %s | %s | %s |\n", escape(f.Code), escape(where), escape(Say(f.Message, f.Fix)))
	}
}
