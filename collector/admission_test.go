package collector

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Ballots are let in while they will be checked within a second, and not beyond.
func TestAdmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(2)
		a.mean = 100 * time.Millisecond
		in := make(chan func(), 100)
		for range 21 { // 20 of 100 ms on two cores are a second; one more does not exceed it yet
			go func() {
				leave, err := a.enter(context.Background())
				if err == nil {
					in <- leave
				}
			}()
			synctest.Wait()
		}
		_, err := a.enter(context.Background())
		require.ErrorIs(t, err, errBusy)
		require.Len(t, in, 2, "no more than the cores are at work")

		(<-in)()
		synctest.Wait()
		require.Len(t, in, 2, "the next one is at work")
		for range 20 {
			(<-in)()
			synctest.Wait()
		}
		require.Zero(t, a.waiting)
	})
}

// A mean that is far too high does not shut the door for good: who is let in all the same
// brings it down.
func TestAdmissionRecovers(t *testing.T) {
	a := newAdmission(1)
	a.mean = time.Hour
	for range 1000 {
		leave, err := a.enter(context.Background())
		require.NoError(t, err)
		leave()
	}
	require.Less(t, a.mean, time.Second)
}

// Who gives up waiting takes no core and is forgotten.
func TestAdmissionIsLeft(t *testing.T) {
	a := newAdmission(1)
	leave, err := a.enter(context.Background())
	require.NoError(t, err)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = a.enter(gone)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, a.waiting)
	leave()
	require.Zero(t, a.waiting)
}
