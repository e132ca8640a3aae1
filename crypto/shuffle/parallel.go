package shuffle

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls f(0) … f(n−1), each once, on all cores, and waits for them. A
// core takes a few rows at a time.
func parallel(n int, f func(i int)) { parallelBlocks(n, 64, f) }

// parallelBlocks is parallel with block calls at a time.
func parallelBlocks(n, block int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), (n+block-1)/block)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for lo := int(next.Add(int64(block))) - block; lo < n; lo = int(next.Add(int64(block))) - block {
				for i := lo; i < min(lo+block, n); i++ {
					f(i)
				}
			}
		})
	}
	wait.Wait()
}
