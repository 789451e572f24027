package jira

import (
	"runtime"
	"sync"
)

// fewest is the least number of issues that is worth a goroutine.
const fewest = 50

// spread calls each with all numbers from 0 to n, on all processors where that pays.
func spread(n int, each func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n/fewest)
	if workers < 2 {
		for i := range n {
			each(i)
		}
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := n * w / workers; i < n*(w+1)/workers; i++ {
				each(i)
			}
		})
	}
	wg.Wait()
}
