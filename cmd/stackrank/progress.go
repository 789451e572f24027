package main

import (
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"stackrank/connectors"
)

// bars shows how far pulls and writes have come, on a terminal; in a pipe it
// shows nothing.
type bars struct {
	mu    sync.Mutex
	all   *mpb.Progress // nil: no terminal
	pulls map[string]*mpb.Bar
	write *mpb.Bar
}

// progress begins a bar for each source.
func (a *app) progress(sources []source) *bars {
	b := &bars{pulls: map[string]*mpb.Bar{}}
	if a.errTerminal == 0 {
		return b
	}
	b.all = mpb.New(mpb.WithOutput(a.err), mpb.WithWidth(min(40, a.errTerminal/2)))
	for _, s := range sources {
		bar := b.add("read " + s.Source())
		b.pulls[s.Source()] = bar
		if p, ok := s.Connector.(connectors.Progressor); ok {
			p.OnProgress(func(done, total int) {
				bar.SetTotal(int64(max(total, done+1)), false)
				bar.SetCurrent(int64(done))
			})
		}
	}
	return b
}

func (b *bars) add(name string) *mpb.Bar {
	return b.all.AddBar(0, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR), decor.CurrentNoUnit("%d", decor.WCSyncSpace)))
}

// pulled ends the bar of a source.
func (b *bars) pulled(source string, _ int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bar := b.pulls[source]; bar != nil {
		bar.SetTotal(-1, true)
	}
}

// written moves the bar of the writes on.
func (b *bars) written(done, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		return
	}
	if b.write == nil {
		b.write = b.add("write")
	}
	b.write.SetTotal(int64(total), false)
	b.write.SetCurrent(int64(done))
	if done == total {
		b.write.SetTotal(-1, true)
	}
}

// stop takes all bars away, so that what is printed next stands alone.
func (b *bars) stop() {
	if b.all == nil {
		return
	}
	b.mu.Lock()
	for _, bar := range b.pulls {
		bar.Abort(true)
	}
	if b.write != nil {
		b.write.Abort(true)
	}
	b.mu.Unlock()
	b.all.Wait()
}
