package cycle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"go.uber.org/zap"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// pull reads all sources side by side, each whole. If one cannot be read there
// is no backlog to rank; the error names every source that could not.
func pull(ctx context.Context, in Inputs, readers []connectors.Reader) ([]Source, error) {
	out, errs := make([]Source, len(readers)), make([]error, len(readers))
	var wg sync.WaitGroup
	for i, r := range readers {
		wg.Go(func() { out[i], errs[i] = pullOne(ctx, in, r) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return out, err
	}
	if ctx.Err() != nil {
		return out, context.Cause(ctx)
	}
	return out, distinct(out)
}

// distinct refuses a backlog in which two sources hold the same item of one
// site: it would have two lines, and each would write over the other.
func distinct(sources []Source) error {
	type item struct{ site, id string }
	first := map[item]string{}
	shared := map[[2]string][]string{} // keys by the names of both sources
	for _, s := range sources {
		for _, it := range s.Snapshot.Items {
			k := item{s.Site, it.Ref.ID}
			if other, ok := first[k]; ok && s.Site != "" {
				shared[[2]string{other, s.Name}] = append(shared[[2]string{other, s.Name}], it.Key)
				continue
			}
			first[k] = s.Name
		}
	}
	var errs []error
	for _, both := range slices.SortedFunc(maps.Keys(shared), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }) {
		errs = append(errs, fmt.Errorf("source %s and source %s: %w: both hold %d of the same items, such as %s; narrow one so that each item is in one of them",
			both[0], both[1], work.ErrInvalid, len(shared[both]), shared[both][0]))
	}
	return errors.Join(errs...)
}

func pullOne(ctx context.Context, in Inputs, r connectors.Reader) (Source, error) {
	s := Source{Name: r.Source()}
	snapshot, whole, err := in.read(ctx, r)
	if err != nil {
		return s, err
	}
	s.Snapshot = onceEach(s.Name, snapshot)
	s.Site, s.Caps, s.whole = snapshot.Site, r.Caps(), whole
	in.log().Debug("source read", zap.String("source", s.Name),
		zap.Int("items", len(s.Snapshot.Items)), zap.Int("findings", len(s.Snapshot.Findings)), zap.Bool("whole", whole.IsZero()))
	if in.Pulled != nil {
		in.Pulled(s.Name, len(s.Snapshot.Items))
	}
	return s, nil
}

// onceEach drops items whose ref came before: the rest of the round counts on
// each ref being there once, and paging over a moving list can give one twice.
func onceEach(source string, s work.Snapshot) work.Snapshot {
	seen := make(map[work.Ref]bool, len(s.Items))
	out := make([]work.Item, 0, len(s.Items))
	for _, it := range s.Items {
		if !seen[it.Ref] {
			out = append(out, it)
		}
		seen[it.Ref] = true
	}
	if twice := len(s.Items) - len(out); twice > 0 {
		s.Findings = append(s.Findings, work.Finding{
			Source: source, Code: "duplicate-item", Level: work.Note,
			Message: fmt.Sprintf("The source gave %d of its items more than once; each is ranked once.", twice),
		})
	}
	s.Items = out
	return s
}

func (in Inputs) log() *zap.Logger {
	if in.Log == nil {
		return zap.NewNop()
	}
	return in.Log
}

func readers(sources []connectors.Connector) []connectors.Reader {
	out := make([]connectors.Reader, len(sources))
	for i, s := range sources {
		out[i] = s
	}
	return out
}

// writers gives the plan its sources, those of one service one after the other.
func (r Round) writers(in Inputs, sources []connectors.Connector) plan.Writers {
	w := plan.Writers{By: map[string]plan.Writer{}, Sites: map[string]string{}, Progress: in.Written}
	for _, s := range sources {
		w.By[s.Source()] = s
	}
	for _, s := range r.Sources {
		w.Sites[s.Name] = s.Site
	}
	return w
}
