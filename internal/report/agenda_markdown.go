package report

import (
	"cmp"
	"fmt"
	"strings"
)

// markdownNext writes what to do next as lists.
func markdownNext(b *strings.Builder, d Document) {
	n, sure := d.Next, d.sure()
	if n.empty() && sure == "" {
		return
	}
	b.WriteString("## What to do next\n\n")
	if sure != "" {
		b.WriteString(Say(sure) + "\n\n")
	}
	if n.empty() {
		return
	}
	for _, a := range n.Ask {
		fmt.Fprintf(b, "- %s %s\n", cmp.Or(escape(a.Question), escape(a.Key)), escape(d.titleAt(a.Place)))
	}
	sublist(b, decideHead(len(n.Decide)), n.Decide, func(x Decide) string {
		return fmt.Sprintf("%s (place %d) %s %s", escape(x.Key), x.Place, x.Last, escape(d.titleAt(x.Place)))
	})
	sublist(b, n.unreadyHead(), n.Unready, Unready.markdown)
	sublist(b, likeHead, n.Duplicates, func(x Duplicate) string {
		return fmt.Sprintf("%s (place %d) and %s (place %d) %s", escape(x.Key), x.Place, escape(x.Like.Key), x.Like.Place, escape(d.titleAt(x.Place)))
	})
	b.WriteString("\n")
}

// sublist writes a list below its head; nothing where it is empty.
func sublist[T any](b *strings.Builder, head string, list []T, say func(T) string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "- %s:\n", head)
	for _, x := range list {
		b.WriteString("  - " + strings.TrimSpace(say(x)) + "\n")
	}
}

// markdown says what an item lacks.
func (u Unready) markdown() string {
	words := make([]string, len(u.Lacks))
	for i, l := range u.Lacks {
		words[i] = checkWords[l.Check]
		if len(l.By) > 0 {
			words[i] += " (" + escape(strings.Join(l.By, ", ")) + ")"
		}
	}
	if len(words) == 0 { // redacted
		return escape(u.Key)
	}
	return escape(u.Key) + ": " + strings.Join(words, "; ")
}
