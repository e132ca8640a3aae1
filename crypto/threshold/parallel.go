package threshold

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallelBlock is how many ciphertexts a core takes at a time.
const parallelBlock = 64

// parallel calls f for ranges [lo, hi) that cover [0, n), on all cores, and waits
// for them.
func parallel(n int, f func(lo, hi int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	blocks := (n + parallelBlock - 1) / parallelBlock
	for range min(blocks, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for lo := int(next.Add(parallelBlock)) - parallelBlock; lo < n; lo = int(next.Add(parallelBlock)) - parallelBlock {
				f(lo, min(n, lo+parallelBlock))
			}
		})
	}
	wg.Wait()
}
