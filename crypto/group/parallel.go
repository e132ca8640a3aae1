package group

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallelBlock is how many items a core takes at a time: enough to share the
// cost of one inversion, and few enough that no core waits long for the last.
const parallelBlock = 256

// parallel calls f for consecutive ranges [lo, hi) that cover [0, n), on all
// cores, and waits for them.
func parallel(n int, f func(lo, hi int)) {
	parallelEach((n+parallelBlock-1)/parallelBlock, func(i int) {
		f(i*parallelBlock, min(n, (i+1)*parallelBlock))
	})
}

// parallelEach calls f(0) … f(n−1) on all cores, each once, and waits for them.
func parallelEach(n int, f func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
