package evidence

import (
	"strings"

	"stackrank/internal/work"
)

// What find gives where it finds no single item.
const (
	nowhere = -1
	several = -2
)

// finder finds items by what people call them.
type finder struct {
	byName map[string]int // key, ref and address
}

func newFinder(items []work.Item) *finder {
	f := &finder{byName: make(map[string]int, 3*len(items))}
	for i := range items {
		it := &items[i]
		for _, name := range []string{it.Key, it.Ref.String(), work.CanonicalURL(it.URL)} {
			if other, taken := f.byName[name]; taken && other != i {
				f.byName[name] = several
			} else if name != "" {
				f.byName[name] = i
			}
		}
	}
	return f
}

// find gives the index of the item that a key, a ref or an address names. An
// address may go on below that of the item, as those of cards do with their
// titles.
func (f *finder) find(name string) int {
	if i, ok := f.byName[name]; ok {
		return i
	}
	url := work.CanonicalURL(name)
	if url == "" {
		return nowhere
	}
	if i, ok := f.byName[url]; ok {
		return i
	}
	if i, ok := f.byName[url[:strings.LastIndexByte(url, '/')]]; ok {
		return i
	}
	return nowhere
}
