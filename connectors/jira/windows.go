package jira

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"stackrank/internal/work"
)

// readWindows reads by windows of ids, which neither the limit on positions nor
// an issue that changes meanwhile can disturb. The last window is an empty one:
// that, and not the total that Jira counts, is the end of the issues; where it
// comes before as many as Jira has counted, it has to come twice.
func (c *Connector) readWindows(ctx context.Context, s *site, r *reading, l listing) error {
	err := c.windows(ctx, s, r, l)
	return cmp.Or(r.wait(), err)
}

func (c *Connector) windows(ctx context.Context, s *site, r *reading, l listing) error {
	last, sure := int64(0), false
	for range maxPages {
		p, light, err := c.ask(ctx, s, r, orderedBy(narrow(l.filter, fmt.Sprintf("id > %d", last)), "id ASC"))
		if err != nil {
			return err
		}
		if last == 0 && p.Total != nil {
			r.total = *p.Total
		}
		if len(*p.Issues) == 0 {
			if err := r.wait(); err != nil {
				return err
			}
			if sure || len(r.issues) >= r.total {
				return nil
			}
			sure = true // fewer than Jira has counted: it is asked once more
			continue
		}
		if last, err = r.window(p, last, light); err != nil || r.brief && p.all() {
			return err
		}
	}
	return fmt.Errorf("%w: the search does not end", work.ErrUnexpected)
}

// ask asks for a window, and for less where the answer is too large. It reports
// whether the answer is one without comments.
func (c *Connector) ask(ctx context.Context, s *site, r *reading, jql string) (p searchPage, light bool, err error) {
	for fields, size := r.fields, serverPage; ; {
		p, err = c.search(ctx, s, query{JQL: jql, Fields: fields, Max: size, Start: new(int)})
		if !tooLarge(err) {
			return p, r.lacks(fields), err
		}
		if fields, size, err = smaller(fields, size, err); err != nil {
			return p, false, err
		}
	}
}

// window takes the issues of a window behind last while the next one is asked
// for, and gives the last of them.
func (r *reading) window(p searchPage, last int64, light bool) (int64, error) {
	highest := last
	for _, raw := range *p.Issues {
		if n, err := strconv.ParseInt(string(idIn(raw, p.sound)), 10, 64); err == nil {
			highest = max(highest, n)
		}
	}
	if err := r.wait(); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	r.behind = done
	go func() {
		r.light = light
		_, err := r.take(*p.Issues, p.sound)
		done <- err
	}()
	if highest > last {
		return highest, nil
	}
	return 0, cmp.Or(r.wait(), fmt.Errorf("%w: the search gives issues that the query leaves out", work.ErrUnexpected))
}

// wait waits for the window that is being taken.
func (r *reading) wait() error {
	if r.behind == nil {
		return nil
	}
	err := <-r.behind
	r.behind = nil
	return err
}

// all reports whether Data Center counts no more issues than it gives.
func (p searchPage) all() bool { return p.Total != nil && *p.Total == len(*p.Issues) }
